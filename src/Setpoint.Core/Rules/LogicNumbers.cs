using System.Globalization;

namespace Setpoint.Core.Rules;

/// <summary>Values as numbers: by JavaScript's Number(), and by its parseFloat().</summary>
internal static class LogicNumbers
{
    private const string Infinite = "Infinity";

    private const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>The numeric value (ECMA-262 section 7.1.4); NaN where there is none.</summary>
    public static double Of(LogicValue value, ref LogicFrame frame)
    {
        if (value.IsNumber)
            return value.Number;
        switch (value.Kind)
        {
            case LogicKind.Null:
                return 0;
            case LogicKind.Boolean:
                return value.Boolean ? 1 : 0;
            case LogicKind.String:
                return frame.SpendOnText(value.Text.Length) ? Of(value.Text) : double.NaN;
            case LogicKind.Array:
                return Of(LogicText.Of(value, ref frame));
            default:
                return double.NaN;
        }
    }

    /// <summary>The number that the beginning of the value's text writes (ECMA-262 section 19.2.4); NaN if it writes none. Zero has no sign.</summary>
    public static double Parsed(LogicValue value, ref LogicFrame frame)
    {
        // -0 is written "0", and -0 + 0 is 0; every other number comes back from its text as it was.
        if (value.IsNumber)
            return value.Number + 0.0;
        if (value.Kind is not (LogicKind.String or LogicKind.Array))
            return double.NaN;
        var text = LogicText.Of(value, ref frame);
        if (!frame.SpendOnText(text.Length))
            return double.NaN;
        var rest = text.AsSpan(SpaceBefore(text));
        var length = DecimalLength(rest);
        if (length > 0)
            return double.Parse(rest[..length], Styles, CultureInfo.InvariantCulture);
        return InfinityOf(rest, prefix: true);
    }

    /// <summary>The numeric value of a text (ECMA-262 section 7.1.4.1.1).</summary>
    public static double Of(string text)
    {
        var rest = text.AsSpan(SpaceBefore(text));
        while (!rest.IsEmpty && IsSpace(rest[^1]))
            rest = rest[..^1];
        if (rest.IsEmpty)
            return 0;
        var length = DecimalLength(rest);
        if (length == rest.Length)
            return double.Parse(rest, Styles, CultureInfo.InvariantCulture);
        if (rest.Length > 2 && rest[0] == '0')
        {
            switch (rest[1])
            {
                case 'x' or 'X': return OfDigits(rest[2..], 4);
                case 'o' or 'O': return OfDigits(rest[2..], 3);
                case 'b' or 'B': return OfDigits(rest[2..], 1);
            }
        }

        return InfinityOf(rest, prefix: false);
    }

    /// <summary>The longest beginning that is sign, digits, point, digits and exponent, with a digit before the exponent; 0 if there is none.</summary>
    private static int DecimalLength(ReadOnlySpan<char> text)
    {
        var at = !text.IsEmpty && text[0] is '+' or '-' ? 1 : 0;
        var digits = DigitCount(text[at..]);
        at += digits;
        if (at < text.Length && text[at] == '.')
        {
            var fraction = DigitCount(text[(at + 1)..]);
            if (digits + fraction > 0)
                at += fraction + 1;
            digits += fraction;
        }

        if (digits == 0)
            return 0;
        if (at < text.Length && text[at] is 'e' or 'E')
        {
            var sign = at + 1 < text.Length && text[at + 1] is '+' or '-' ? 1 : 0;
            var exponent = DigitCount(text[(at + 1 + sign)..]);
            if (exponent > 0)
                at += 1 + sign + exponent;
        }

        return at;
    }

    private static double InfinityOf(ReadOnlySpan<char> text, bool prefix)
    {
        var sign = !text.IsEmpty && text[0] is '+' or '-' ? 1 : 0;
        var isInfinite = prefix ? text[sign..].StartsWith(Infinite, StringComparison.Ordinal) : text[sign..].SequenceEqual(Infinite);
        if (!isInfinite)
            return double.NaN;
        return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
    }

    /// <remarks>
    /// 60 bits or more are taken exactly. Of those that follow only whether one is set can matter for rounding, and the last bit
    /// remembers that; the conversion of the long then rounds once, to even, as ECMAScript asks.
    /// </remarks>
    private static double OfDigits(ReadOnlySpan<char> text, int bitsPerDigit)
    {
        ulong head = 0;
        var dropped = 0;
        foreach (var c in text)
        {
            // '0' is 0x30, 'A' is 0x41 and 'a' is 0x61.
            var digit = char.IsAsciiHexDigit(c) ? (c & 0xF) + ((c >> 6) * 9) : int.MaxValue;
            if (digit >= 1 << bitsPerDigit)
                return double.NaN;
            if (head >> 60 == 0)
            {
                head = (head << bitsPerDigit) | (uint)digit;
                continue;
            }

            dropped += bitsPerDigit;
            if (digit != 0)
                head |= 1;
        }

        return Math.ScaleB(head, dropped);
    }

    private static int DigitCount(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }

    private static int SpaceBefore(string text)
    {
        var at = 0;
        while (at < text.Length && IsSpace(text[at]))
            at++;
        return at;
    }

    /// <summary>White space and line ends of ECMAScript: a byte order mark is one, U+0085 is not.</summary>
    private static bool IsSpace(char c) => c == '\ufeff' || (char.IsWhiteSpace(c) && c != '\u0085');
}
