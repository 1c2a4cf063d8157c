using Setpoint.Storage;

namespace Setpoint.Server.Analytics;

/// <summary>Messages 2600 to 2699.</summary>
internal static partial class AnalyticsLog
{
    [LoggerMessage(2600, LogLevel.Warning, "Counts of evaluations cannot be stored ({Failure}): {Reason} They are kept in memory as far as there is room; nothing more is logged until it works again.")]
    public static partial void FlushFailed(ILogger logger, StoreFailure failure, string reason);

    [LoggerMessage(2601, LogLevel.Information, "Counts of evaluations are stored again.")]
    public static partial void FlushRecovered(ILogger logger);

    [LoggerMessage(2602, LogLevel.Warning, "Old counts of evaluations cannot be removed ({Failure}): {Reason} It will be tried again.")]
    public static partial void RemovalFailed(ILogger logger, StoreFailure failure, string reason);

    [LoggerMessage(2603, LogLevel.Warning, "The last counts of evaluations were not stored within {Patience}; they are lost.")]
    public static partial void NotFlushed(ILogger logger, TimeSpan patience);
}
