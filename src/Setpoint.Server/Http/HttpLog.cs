using Setpoint.Storage;

namespace Setpoint.Server.Http;

/// <summary>Messages 1100 to 1199.</summary>
internal static partial class HttpLog
{
    [LoggerMessage(1100, LogLevel.Error, "{Method} {Path} failed (trace {Trace}).")]
    public static partial void Failed(ILogger logger, string method, string path, string trace, Exception exception);

    [LoggerMessage(1101, LogLevel.Error, "{Method} {Path}: the store failed ({Failure}): {Reason}")]
    public static partial void StoreFailed(ILogger logger, string method, string path, StoreFailure failure, string reason);
}
