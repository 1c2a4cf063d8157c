using System.Globalization;

namespace Setpoint.Core.Flags;

/// <summary>Dates as flag documents write them: RFC 3339 with an offset, or a day, which begins at midnight UTC.</summary>
internal static class FlagDates
{
    public const string Rule = "write 2026-12-31 or 2026-12-31T09:00:00Z";

    private static readonly string[] Formats =
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];

    public static bool TryParse(string text, out DateTimeOffset date)
    {
        var isRead = DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out date);
        date = date.ToUniversalTime();
        return isRead;
    }
}
