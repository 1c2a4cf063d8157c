namespace Setpoint.Server.Delivery;

/// <summary>Messages 2100 to 2199.</summary>
internal static partial class DeliveryLog
{
    [LoggerMessage(2100, LogLevel.Warning, "Connection {Connection} ({Transport}) took nothing for {Seconds} s and is cut off; it resumes with its last revision.")]
    public static partial void CutOff(ILogger logger, string connection, string transport, double seconds);

    [LoggerMessage(2101, LogLevel.Error, "The feed of {Namespace} in {Environment} failed at revision {Revision}; its subscribers keep the state before it.")]
    public static partial void FeedFailed(ILogger logger, string @namespace, string? environment, long revision, Exception exception);

    [LoggerMessage(2102, LogLevel.Error, "Sending on connection {Connection} ({Transport}) failed because of a bug; the connection ends.")]
    public static partial void SendFailed(ILogger logger, string connection, string transport, Exception exception);

    [LoggerMessage(2103, LogLevel.Information, "The server stops: {Connections} push connections are being closed.")]
    public static partial void Closing(ILogger logger, int connections);

    [LoggerMessage(2104, LogLevel.Error, "The watch over push connections failed on one pass and goes on.")]
    public static partial void WatchFailed(ILogger logger, Exception exception);

    [LoggerMessage(2105, LogLevel.Error, "The flags of {Namespace} in {Environment} could not be compared at revision {Revision}; who follows them is told with the next change.")]
    public static partial void FlagFeedFailed(ILogger logger, string @namespace, string environment, long revision, Exception exception);
}
