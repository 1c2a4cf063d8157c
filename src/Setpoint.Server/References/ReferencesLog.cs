namespace Setpoint.Server.References;

/// <summary>Messages 2300 to 2399. Never a value.</summary>
internal static partial class ReferencesLog
{
    [LoggerMessage(2300, LogLevel.Information, "File {Key}, which configurations refer to, has another content now.")]
    public static partial void Changed(ILogger logger, string key);

    [LoggerMessage(2301, LogLevel.Warning, "File {Key} has no value for configurations that refer to it: {Reason}. They cannot be read until it has; who follows them keeps the last state.")]
    public static partial void Lost(ILogger logger, string key, string reason);

    [LoggerMessage(2302, LogLevel.Error, "Looking at the files that configurations refer to failed; the next look is in a second.")]
    public static partial void LookFailed(ILogger logger, Exception exception);
}
