namespace Setpoint.Server.Flags;

/// <summary>Messages 2500 to 2599.</summary>
internal static partial class FlagLog
{
    [LoggerMessage(2500, LogLevel.Error, "The flags of {Namespace} in {Environment} could not be compiled at revision {Revision}.")]
    public static partial void CompileFailed(ILogger logger, string @namespace, string environment, long revision, Exception exception);
}
