namespace Setpoint.Storage.Sqlite;

/// <summary>Times as <c>usage.db</c> has them.</summary>
internal static class UsageTime
{
    public static long ToHours(DateTimeOffset time) => time.ToUnixTimeSeconds() / 3600;

    public static DateTimeOffset OfHours(long hours) => DateTimeOffset.FromUnixTimeSeconds(hours * 3600);

    public static long ToDays(DateTimeOffset time) => time.ToUnixTimeSeconds() / 86_400;

    public static DateTimeOffset OfMilliseconds(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
