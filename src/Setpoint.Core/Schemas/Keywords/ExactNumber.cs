using System.Numerics;
using Setpoint.Core.Json;

namespace Setpoint.Core.Schemas.Keywords;

/// <summary>A JSON number for exact comparison and division. No double anywhere: 9007199254740993 is not 9007199254740992.</summary>
/// <remarks>
/// 1. Up to 18 digits without an exponent, which is almost every number in a configuration, are a long and a scale: mantissa / 10^scale.
///    Two of those meet in 128 bits, since 10^18 * 10^18 fits.
/// 2. All others stay text and go through <see cref="DecimalText"/>, whose cost grows with the digits written and never with the exponent.
/// </remarks>
internal readonly struct ExactNumber
{
    private const int DigitsMax = 18;

    private static readonly long[] PowersOfTen = [.. Enumerable.Range(0, DigitsMax + 1).Select(exponent => (long)BigInteger.Pow(10, exponent))];

    private readonly long _mantissa;

    // -1 where the number is not short.
    private readonly int _scale;

    private ExactNumber(string text, long mantissa, int scale)
    {
        Text = text;
        _mantissa = mantissa;
        _scale = scale;
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    private bool IsShort => _scale >= 0;

    /// <param name="text">In the grammar of a JSON number.</param>
    public static ExactNumber Of(string text)
    {
        // Sign and point take two more characters.
        if (text.Length > DigitsMax + 2)
            return new(text, 0, -1);
        long mantissa = 0;
        var point = -1;
        var digits = 0;
        for (var i = text[0] == '-' ? 1 : 0; i < text.Length; i++)
        {
            var digit = text[i] - '0';
            if ((uint)digit <= 9)
            {
                mantissa = mantissa * 10 + digit;
                digits++;
            }
            else if (text[i] == '.')
            {
                point = i;
            }
            else
            {
                return new(text, 0, -1);
            }
        }

        if (digits > DigitsMax)
            return new(text, 0, -1);
        return new(text, text[0] == '-' ? -mantissa : mantissa, point < 0 ? 0 : text.Length - point - 1);
    }

    public int CompareWith(ExactNumber other)
    {
        if (!IsShort || !other.IsShort)
            return DecimalText.Of(Text).CompareWith(DecimalText.Of(other.Text));
        if (_scale == other._scale)
            return _mantissa.CompareTo(other._mantissa);
        return Scaled(other._scale).CompareTo(other.Scaled(_scale));
    }

    /// <param name="divisor">Greater than zero.</param>
    public bool IsMultipleOf(ExactNumber divisor)
    {
        if (!IsShort || !divisor.IsShort)
            return DecimalText.Of(Text).IsMultipleOf(DecimalText.Of(divisor.Text));
        if (_scale == 0 && divisor._scale == 0)
            return _mantissa % divisor._mantissa == 0;
        return Scaled(divisor._scale) % divisor.Scaled(_scale) == 0;
    }

    /// <summary>The mantissa at the scale of both numbers together.</summary>
    private Int128 Scaled(int otherScale) => (Int128)_mantissa * PowersOfTen[otherScale];
}
