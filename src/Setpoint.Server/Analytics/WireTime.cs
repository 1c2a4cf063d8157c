using System.Globalization;

namespace Setpoint.Server.Analytics;

/// <summary>Times as reports write them, and as they are shown.</summary>
internal static class WireTime
{
    public const string Rule = "write RFC 3339, such as 2026-11-20T12:00:00Z";

    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
