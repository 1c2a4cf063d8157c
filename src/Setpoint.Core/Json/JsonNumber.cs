using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Setpoint.Core.Json;

/// <summary>A JSON number that keeps its digits: what was written comes back as written.</summary>
public sealed class JsonNumber : JsonValue
{
    // Ports, weights and counters aside, most numbers in configurations are one digit: ten objects instead of thousands.
    private static readonly JsonNumber[] Digits = [.. Enumerable.Range(0, 10).Select(digit => new JsonNumber(digit.ToString(CultureInfo.InvariantCulture)))];

    /// <param name="text">A number in the grammar of RFC 8259; the caller has checked it.</param>
    internal JsonNumber(string text) => Text = text;

    /// <summary>The number that these ASCII characters write; the caller has checked the grammar.</summary>
    internal static JsonNumber FromChecked(ReadOnlySpan<byte> text) =>
        text.Length == 1 && text[0] != '-' ? Digits[text[0] - '0'] : new(Encoding.ASCII.GetString(text));

    /// <summary>The digits as written, for example <c>0.10</c>, <c>1e400</c> or <c>12345678901234567890</c>.</summary>
    public string Text { get; }

    public override JsonKind Kind => JsonKind.Number;

    /// <summary>Takes digits as they are, if they are a number in JSON's grammar: no leading zero or plus sign, no NaN, no white space.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out JsonNumber? number)
    {
        ArgumentNullException.ThrowIfNull(text);
        number = IsNumber(text) ? new JsonNumber(text) : null;
        return number is not null;
    }

    public static JsonNumber Of(long value) => new(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>The shortest digits that mean this value, as ECMAScript writes them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite; JSON has no such number.</exception>
    public static JsonNumber Of(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, "JSON has no infinity and no NaN.");
        return new(EcmaNumber.Format(value, stackalloc char[EcmaNumber.LengthMax]).ToString());
    }

    /// <summary>True if the number has no fraction, however it is written: 5, 5.0 and 1e3 have none. Exact, also where a double is not.</summary>
    public bool IsInteger
    {
        get
        {
            foreach (var c in Text)
            {
                // Almost every integer is written with digits alone.
                if (!char.IsAsciiDigit(c) && c != '-')
                    return DecimalText.Of(Text).IsInteger;
            }

            return true;
        }
    }

    /// <summary>True if the digits as written denote a 64-bit integer without fraction and exponent.</summary>
    public bool TryGetInt64(out long value) =>
        long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>The nearest double; infinite where the number is outside its range.</summary>
    public double ToDouble() => double.Parse(Text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static bool IsNumber(ReadOnlySpan<char> text)
    {
        if (text.StartsWith('-'))
            text = text[1..];
        var whole = DigitCount(text);
        if (whole == 0 || (whole > 1 && text[0] == '0'))
            return false;
        text = text[whole..];
        if (text.StartsWith('.'))
        {
            var fraction = DigitCount(text[1..]);
            if (fraction == 0)
                return false;
            text = text[(fraction + 1)..];
        }

        if (text.IsEmpty)
            return true;
        if (text[0] is not ('e' or 'E'))
            return false;
        text = text[1..];
        if (!text.IsEmpty && text[0] is ('+' or '-'))
            text = text[1..];
        return !text.IsEmpty && DigitCount(text) == text.Length;
    }

    private static int DigitCount(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }

    public override bool Equals(JsonValue? other) => other is JsonNumber number && string.Equals(number.Text, Text, StringComparison.Ordinal);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
