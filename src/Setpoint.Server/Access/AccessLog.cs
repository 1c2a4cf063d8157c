namespace Setpoint.Server.Access;

/// <summary>Messages 2400 to 2499. Never a key.</summary>
internal static partial class AccessLog
{
    [LoggerMessage(2400, LogLevel.Warning, "{Path} is open to others than its owner ({Others}); make it 0600. If somebody may have read it, delete it and start again: a new {What} is made.")]
    public static partial void KeyFileIsOpen(ILogger logger, string path, UnixFileMode others, string what);
}
