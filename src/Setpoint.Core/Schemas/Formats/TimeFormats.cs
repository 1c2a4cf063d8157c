namespace Setpoint.Core.Schemas.Formats;

/// <summary>Dates and times of RFC 3339.</summary>
internal static class TimeFormats
{
    public static bool IsDateTime(ReadOnlySpan<char> text) =>
        text.Length > 11 && text[10] is 'T' or 't' && IsDate(text[..10]) && IsTime(text[11..]);

    /// <summary><c>full-date</c>: year, month and a day that the month has.</summary>
    public static bool IsDate(ReadOnlySpan<char> text)
    {
        if (text.Length != 10 || text[4] != '-' || text[7] != '-')
            return false;
        if (!Digits(text[..4], out var year) || !Digits(text[5..7], out var month) || !Digits(text[8..], out var day))
            return false;
        return month is >= 1 and <= 12 && day >= 1 && day <= DaysIn(year, month);
    }

    /// <summary><c>full-time</c>: with an offset. Second 60 only where a leap second can be: at 23:59 UTC.</summary>
    public static bool IsTime(ReadOnlySpan<char> text)
    {
        if (text.Length < 9 || text[2] != ':' || text[5] != ':')
            return false;
        if (!Digits(text[..2], out var hour) || !Digits(text[3..5], out var minute) || !Digits(text[6..8], out var second))
            return false;
        var rest = text[8..];
        if (rest[0] == '.')
        {
            var end = rest[1..].IndexOfAnyExceptInRange('0', '9');
            if (end <= 0)
                return false;
            rest = rest[(end + 1)..];
        }

        if (hour > 23 || minute > 59 || second > 60 || !Offset(rest, out var offset))
            return false;
        var utc = (hour * 60 + minute - offset + 48 * 60) % (24 * 60);
        return second < 60 || utc == 23 * 60 + 59;
    }

    /// <summary>ISO 8601 as RFC 3339 appendix A has it: weeks alone, or years to seconds without a gap.</summary>
    public static bool IsDuration(ReadOnlySpan<char> text)
    {
        if (text.Length < 3 || text[0] != 'P')
            return false;
        text = text[1..];
        if (text[^1] == 'W')
            return text.Length > 1 && !text[..^1].ContainsAnyExceptInRange('0', '9');
        var mark = text.IndexOf('T');
        if (mark < 0)
            return Parts(text, "YMD");
        return (mark == 0 || Parts(text[..mark], "YMD")) && Parts(text[(mark + 1)..], "HMS");
    }

    /// <summary>One part at least; from the first on, each follows the one before it in the order of units.</summary>
    private static bool Parts(ReadOnlySpan<char> text, ReadOnlySpan<char> units)
    {
        if (text.IsEmpty)
            return false;
        var last = -1;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0)
                return false;
            var unit = units.IndexOf(text[digits]);
            if (unit <= last || (last >= 0 && unit != last + 1))
                return false;
            last = unit;
            text = text[(digits + 1)..];
        }

        return true;
    }

    private static bool Offset(ReadOnlySpan<char> text, out int minutes)
    {
        minutes = 0;
        if (text is "Z" or "z")
            return true;
        if (text.Length != 6 || text[0] is not ('+' or '-') || text[3] != ':')
            return false;
        if (!Digits(text[1..3], out var hour) || !Digits(text[4..], out var minute) || hour > 23 || minute > 59)
            return false;
        minutes = (hour * 60 + minute) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static int DaysIn(int year, int month) => month switch
    {
        2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    /// <summary>ASCII digits and nothing else.</summary>
    private static bool Digits(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
                return false;
            value = value * 10 + (c - '0');
        }

        return true;
    }
}
