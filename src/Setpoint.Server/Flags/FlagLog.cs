namespace Setpoint.Server.Flags;

/// <summary>Messages 2500 to 2599.</summary>
internal static partial class FlagLog
{
    [LoggerMessage(2500, LogLevel.Error, "The flags of {Namespace} in {Environment} could not be compiled at revision {Revision}.")]
    public static partial void CompileFailed(ILogger logger, string @namespace, string environment, long revision, Exception exception);

    [LoggerMessage(2501, LogLevel.Error, "{Address} could not be compiled for {Environment}, which is a bug: it answers PARSE_ERROR, and every caller's default stands. All other flags work. Its version is {Version}, the revision {Revision}.")]
    public static partial void FlagFailed(ILogger logger, string address, string environment, long version, long revision, Exception exception);

    [LoggerMessage(2502, LogLevel.Error, "{Count} more flags of {Namespace} could not be compiled for {Environment} at revision {Revision}, which most likely is the same bug.")]
    public static partial void MoreFlagsFailed(ILogger logger, int count, string @namespace, string environment, long revision);
}
