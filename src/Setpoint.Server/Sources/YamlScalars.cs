using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using Setpoint.Core.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Setpoint.Server.Sources;

/// <summary>Types of scalars by the core schema of YAML 1.2 (section 10.3.2). Pure.</summary>
internal static partial class YamlScalars
{
    private const string Prefix = "tag:yaml.org,2002:";

    // Converting to decimal takes time that grows with the square of the length; 256 hexadecimal digits are 1,024 bits.
    private const int BasedDigitsMax = 256;

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
        if (DecimalPattern().Match(text) is { Success: true } number)
            return Decimal(number);
        if (BasedPattern().IsMatch(text))
            return Based(scalar);
        return NotFinitePattern().IsMatch(text)
            ? throw new RefusedException(scalar.Start, "JSON has no infinity and no NaN; quote it if it is meant as text.")
            : new JsonString(text);
    }

    /// <summary>The digits as they are, in JSON's grammar: no plus sign, no leading zeros, a digit on either side of the point.</summary>
    private static JsonValue Decimal(Match number)
    {
        var sign = number.Groups["sign"].ValueSpan is "-" ? "-" : "";
        var whole = number.Groups["whole"].ValueSpan.TrimStart('0');
        var point = number.Groups["point"].Success;
        var fraction = number.Groups["fraction"].ValueSpan;
        var text = string.Concat(sign, whole.IsEmpty ? "0" : whole, point ? "." : "", point && fraction.IsEmpty ? "0" : fraction);
        return Number(text + number.Groups["exponent"].Value);
    }

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

    [GeneratedRegex(@"^(?<sign>[-+]?)((?<whole>[0-9]+)((?<point>\.)(?<fraction>[0-9]*))?|(?<point>\.)(?<fraction>[0-9]+))(?<exponent>([eE][-+]?[0-9]+)?)\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex DecimalPattern();

    [GeneratedRegex(@"^(0o[0-7]+|0x[0-9a-fA-F]+)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex BasedPattern();

    [GeneratedRegex(@"^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex NotFinitePattern();
}
