using System.Buffers;
using System.Globalization;
using System.Numerics;
using Setpoint.Core.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Setpoint.Server.Sources;

/// <summary>Types of scalars by the core schema of YAML 1.2 (section 10.3.2). Pure.</summary>
internal static class YamlScalars
{
    private const string Prefix = "tag:yaml.org,2002:";

    // Converting to decimal takes time that grows with the square of the length; 256 hexadecimal digits are 1,024 bits.
    private const int BasedDigitsMax = 256;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    public static JsonValue Read(Scalar scalar)
    {
        if (scalar.Tag.IsEmpty)
            return scalar.Style == ScalarStyle.Plain ? Resolve(scalar) : new JsonString(scalar.Value);
        if (scalar.Tag.IsNonSpecific || scalar.Tag.Value == Prefix + "str")
            return new JsonString(scalar.Value);

        // A tag asks for a type; it gets it if the text is one of that type.
        var value = Resolve(scalar);
        var asked = (scalar.Tag.Value, value.Kind) is
            (Prefix + "null", JsonKind.Null) or (Prefix + "bool", JsonKind.Boolean) or (Prefix + "float", JsonKind.Number)
            || (scalar.Tag.Value == Prefix + "int" && value is JsonNumber number && number.Text.AsSpan().IndexOfAny('.', 'e', 'E') < 0);
        return asked ? value : throw new RefusedException(scalar.Start, "this tag is not of YAML's core schema, or its text is not of the tag's type.");
    }

    private static JsonValue Resolve(Scalar scalar)
    {
        var text = scalar.Value;
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return JsonNull.Instance;
            case "true" or "True" or "TRUE":
                return JsonBoolean.True;
            case "false" or "False" or "FALSE":
                return JsonBoolean.False;
        }

        // Most texts are no numbers, and the first character tells.
        if (!char.IsAsciiDigit(text[0]) && text[0] is not ('+' or '-' or '.'))
            return new JsonString(text);
        if (Decimal(text) is { } digits)
            return Number(digits);
        if (IsBased(text))
            return Based(scalar);
        var unsigned = text[0] is '+' or '-' ? text[1..] : text;
        return unsigned is ".inf" or ".Inf" or ".INF" || text is ".nan" or ".NaN" or ".NAN"
            ? throw new RefusedException(scalar.Start, "JSON has no infinity and no NaN; quote it if it is meant as text.")
            : new JsonString(text);
    }

    /// <summary>
    /// <c>[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?</c>, and the digits as they are, in JSON's grammar: no plus sign,
    /// no leading zeros, a digit on either side of the point. Null if the text is no such number.
    /// </summary>
    private static string? Decimal(string text)
    {
        var rest = text.AsSpan();
        var sign = TakeSign(ref rest);
        var whole = TakeDigits(ref rest);
        var point = rest is ['.', ..];
        if (point)
            rest = rest[1..];
        var fraction = point ? TakeDigits(ref rest) : [];
        if (whole.IsEmpty && fraction.IsEmpty)
            return null;
        var exponent = rest;
        if (rest is ['e' or 'E', ..])
        {
            rest = rest[1..];
            TakeSign(ref rest);
            if (TakeDigits(ref rest).IsEmpty)
                return null;
        }

        if (!rest.IsEmpty)
            return null;
        whole = whole.TrimStart('0');
        var value = string.Concat(sign is "-" ? "-" : "", whole.IsEmpty ? "0" : whole, point ? "." : "", point && fraction.IsEmpty ? "0" : fraction);
        return exponent.IsEmpty ? value : string.Concat(value, exponent);
    }

    private static ReadOnlySpan<char> TakeSign(ref ReadOnlySpan<char> text)
    {
        var sign = text is ['+' or '-', ..] ? text[..1] : [];
        text = text[sign.Length..];
        return sign;
    }

    private static ReadOnlySpan<char> TakeDigits(ref ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        var digits = end < 0 ? text : text[..end];
        text = text[digits.Length..];
        return digits;
    }

    private static bool IsBased(string text) => text switch
    {
        ['0', 'x', _, ..] => text.AsSpan(2).IndexOfAnyExcept(HexDigits) < 0,
        ['0', 'o', _, ..] => text.AsSpan(2).IndexOfAnyExceptInRange('0', '7') < 0,
        _ => false,
    };

    private static JsonValue Based(Scalar scalar)
    {
        var digits = scalar.Value.AsSpan(2);
        if (digits.Length > BasedDigitsMax)
            throw new RefusedException(scalar.Start, $"a number in base 8 or 16 has at most {BasedDigitsMax} digits.");
        var bits = scalar.Value[1] == 'x' ? 4 : 3;
        var value = BigInteger.Zero;
        foreach (var digit in digits)
            value = (value << bits) + Convert.ToInt32(digit.ToString(), 16);
        return Number(value.ToString(CultureInfo.InvariantCulture));
    }

    private static JsonValue Number(string text) => JsonReader.Parse(text).TryGet(out var value, out var fault)
        ? value
        : throw new InvalidOperationException($"A number is not one in JSON: {fault.Message}");
}
