using System.Globalization;
using System.Numerics;

namespace Setpoint.Core.Json;

/// <summary>A JSON number taken apart, so that numbers can be compared exactly without ever being computed.</summary>
/// <remarks>
/// The value is 0.digits * 10^exponent, digits without zeros at either end; zero has no digits. Two numbers are equal if and only if
/// sign, digits and exponent are. 1e1000000000 has one digit here and not a billion. The exponent is a BigInteger only where its
/// text is longer than a long can take: its parsing costs more than linear time, and a text may hold a million digits of it.
/// </remarks>
internal readonly ref struct DecimalText
{
    // 18 digits fit a long with room for the shift, which is at most the length of a text.
    private const int ShortExponent = 18;

    private readonly bool _negative;
    private readonly ReadOnlySpan<char> _whole;
    private readonly ReadOnlySpan<char> _fraction;
    private readonly bool _negativeExponent;
    private readonly ReadOnlySpan<char> _exponent;
    private readonly long _shift;

    private DecimalText(ReadOnlySpan<char> text)
    {
        _negative = text[0] == '-';
        text = text[(_negative ? 1 : 0)..];
        var mark = text.IndexOfAny('e', 'E');
        if (mark >= 0)
        {
            var exponent = text[(mark + 1)..];
            _negativeExponent = exponent[0] == '-';
            _exponent = exponent.TrimStart("+-").TrimStart('0');
            text = text[..mark];
        }

        var point = text.IndexOf('.');
        _whole = point < 0 ? text : text[..point];
        _fraction = point < 0 ? [] : text[(point + 1)..].TrimEnd('0');
        _whole = _whole.TrimStart('0');
        _shift = _whole.Length;
        if (_fraction.IsEmpty)
            _whole = _whole.TrimEnd('0');
        if (_whole.IsEmpty)
        {
            var digits = _fraction.TrimStart('0');
            _shift = _shift == 0 ? digits.Length - _fraction.Length : _shift;
            _fraction = digits;
        }
    }

    private bool IsZero => _whole.IsEmpty && _fraction.IsEmpty;

    private int DigitCount => _whole.Length + _fraction.Length;

    /// <param name="text">In the grammar of a JSON number.</param>
    public static DecimalText Of(ReadOnlySpan<char> text) => new(text);

    public bool Equals(DecimalText other)
    {
        if (IsZero || other.IsZero)
            return IsZero && other.IsZero;
        return _negative == other._negative && SameDigits(other) && SameExponent(other);
    }

    private bool SameDigits(DecimalText other)
    {
        if (DigitCount != other.DigitCount)
            return false;
        for (var i = 0; i < DigitCount; i++)
        {
            if (DigitAt(i) != other.DigitAt(i))
                return false;
        }

        return true;
    }

    private char DigitAt(int index) => index < _whole.Length ? _whole[index] : _fraction[index - _whole.Length];

    private bool SameExponent(DecimalText other)
    {
        if (_exponent.Length <= ShortExponent && other._exponent.Length <= ShortExponent)
            return Exponent() + _shift == other.Exponent() + other._shift;

        // Long exponents that differ by more than the shifts can make up for are told apart by their length.
        if (Math.Abs(_exponent.Length - other._exponent.Length) > 1)
            return false;
        if (_shift == other._shift)
            return _negativeExponent == other._negativeExponent && _exponent.SequenceEqual(other._exponent);
        return BigExponent() + _shift == other.BigExponent() + other._shift;
    }

    private long Exponent()
    {
        var value = _exponent.IsEmpty ? 0 : long.Parse(_exponent, NumberStyles.None, CultureInfo.InvariantCulture);
        return _negativeExponent ? -value : value;
    }

    private BigInteger BigExponent()
    {
        var value = BigInteger.Parse(_exponent, NumberStyles.None, CultureInfo.InvariantCulture);
        return _negativeExponent ? -value : value;
    }
}
