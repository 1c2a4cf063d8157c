using System.Globalization;

namespace Setpoint.Core.Json;

/// <summary>Times as JSON and queries write them: RFC 3339 with an offset, or a day, which begins at midnight UTC. Nothing else.</summary>
/// <remarks>
/// Not <see cref="DateTimeOffset.TryParse(string?, out DateTimeOffset)"/>: to it <c>10:30</c> is this morning and <c>2026-11</c> a day.
/// </remarks>
public static class Rfc3339
{
    /// <summary>What to write, for a refusal.</summary>
    public const string Rule = "write 2026-12-31 or 2026-12-31T09:00:00Z";

    /// <summary>100 ns. What other languages write beyond that is dropped.</summary>
    private const int FractionDigitsMax = 7;

    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];

    /// <param name="text">What is written.</param>
    /// <param name="time">In UTC.</param>
    public static bool TryParse(string? text, out DateTimeOffset time)
    {
        time = default;
        if (text is null)
            return false;
        if (!DateTimeOffset.TryParseExact(WithoutExcess(text.ToUpperInvariant()), Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var found))
            return false;
        time = found.ToUniversalTime();
        return true;
    }

    private static string WithoutExcess(string text)
    {
        var first = text.IndexOf('.', StringComparison.Ordinal) + 1;
        if (first == 0)
            return text;
        var end = first;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        return end - first <= FractionDigitsMax ? text : text.Remove(first + FractionDigitsMax, end - first - FractionDigitsMax);
    }
}
