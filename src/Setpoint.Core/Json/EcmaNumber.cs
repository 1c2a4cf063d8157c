using System.Globalization;

namespace Setpoint.Core.Json;

/// <summary>A double as ECMAScript's Number::toString writes it (ECMA-262 section 6.1.6.1.20), which RFC 8785 asks for.</summary>
internal static class EcmaNumber
{
    /// <summary>The longest: sign, <c>0.</c>, six zeros or 21 digits, 17 digits, exponent.</summary>
    public const int LengthMax = 48;

    /// <summary>Writes the number into the room.</summary>
    /// <remarks>
    /// 1. .NET's shortest round-trip form has the digits that ECMAScript asks for (the shortest, and of those the nearest); only its
    ///    notation differs. Take digits s (k of them) and the decimal exponent n, so that the value is 0.s * 10^n.
    /// 2. k &lt;= n &lt;= 21: digits, then n - k zeros. 3. 0 &lt; n &lt; k: a point after n digits. 4. -6 &lt; n &lt;= 0: "0.", -n zeros, digits.
    /// 5. Else one digit, a point and the rest if there are more, "e", the sign and n - 1.
    /// </remarks>
    public static ReadOnlySpan<char> Format(double value, Span<char> room)
    {
        // Both zeros.
        if (value == 0)
            return "0";

        Span<char> shortest = stackalloc char[32];
        value.TryFormat(shortest, out var length, "R", CultureInfo.InvariantCulture);
        Span<char> digits = stackalloc char[32];
        var k = Split(shortest[..length], digits, out var n);
        digits = digits[..k];

        var at = 0;
        if (value < 0)
            room[at++] = '-';
        if (k <= n && n <= 21)
        {
            Append(digits, room, ref at);
            Zeros(n - k, room, ref at);
        }
        else if (n > 0 && n <= 21)
        {
            Append(digits[..n], room, ref at);
            room[at++] = '.';
            Append(digits[n..], room, ref at);
        }
        else if (n is > -6 and <= 0)
        {
            Append("0.", room, ref at);
            Zeros(-n, room, ref at);
            Append(digits, room, ref at);
        }
        else
        {
            room[at++] = digits[0];
            if (k > 1)
            {
                room[at++] = '.';
                Append(digits[1..], room, ref at);
            }

            room[at++] = 'e';
            room[at++] = n > 0 ? '+' : '-';
            Math.Abs(n - 1).TryFormat(room[at..], out var written, provider: CultureInfo.InvariantCulture);
            at += written;
        }

        return room[..at];
    }

    /// <summary>The significant digits without zeros at either end, and n with value = 0.digits * 10^n.</summary>
    private static int Split(ReadOnlySpan<char> text, Span<char> digits, out int n)
    {
        var exponent = 0;
        var mark = text.IndexOf('E');
        if (mark >= 0)
        {
            exponent = int.Parse(text[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..mark];
        }

        var k = 0;
        var point = 0;
        var pointSeen = false;
        foreach (var c in text)
        {
            if (c == '.')
                pointSeen = true;
            if (c is '-' or '.')
                continue;
            if (!pointSeen && (k > 0 || c != '0'))
                point++;
            if (k > 0 || c != '0')
                digits[k++] = c;
            else if (pointSeen)
                point--;
        }

        while (digits[k - 1] == '0')
            k--;
        n = point + exponent;
        return k;
    }

    private static void Append(ReadOnlySpan<char> text, Span<char> room, ref int at)
    {
        text.CopyTo(room[at..]);
        at += text.Length;
    }

    private static void Zeros(int count, Span<char> room, ref int at)
    {
        room.Slice(at, count).Fill('0');
        at += count;
    }
}
