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

    /// <summary>Less than zero if this number is the lesser one.</summary>
    public int CompareWith(DecimalText other)
    {
        if (Sign != other.Sign || Sign == 0)
            return Sign.CompareTo(other.Sign);
        var magnitude = CompareExponents(other);
        return Sign * (magnitude != 0 ? magnitude : CompareDigits(other));
    }

    /// <summary>True if there is no fraction: 1.0 and 1e3 have none.</summary>
    public bool IsInteger
    {
        get
        {
            if (IsZero)
                return true;
            if (_exponent.Length <= ShortExponent)
                return Exponent() + _shift >= DigitCount;

            // No text is long enough for its digits to outweigh an exponent of 19 digits.
            return !_negativeExponent;
        }
    }

    /// <summary>True if this number divided by the other, which is not zero, has no fraction.</summary>
    /// <remarks>
    /// Both are an integer that does not end in 0, times a power of ten: a * 10^m and b * 10^n. If m is less than n, the quotient would need a
    /// factor 10 of a, which has none. Else a * 10^(m - n) mod b decides, and the power is taken modulo b, so that 1e1000000000 costs thirty
    /// multiplications.
    /// </remarks>
    public bool IsMultipleOf(DecimalText divisor)
    {
        if (IsZero)
            return true;
        var power = BigExponent() + _shift - DigitCount - (divisor.BigExponent() + divisor._shift - divisor.DigitCount);
        if (power.Sign < 0)
            return false;
        var modulus = divisor.Digits();
        return (Digits() % modulus * BigInteger.ModPow(10, power, modulus) % modulus).IsZero;
    }

    /// <summary>The same for numbers that are equal. Seeded for each process.</summary>
    public int ValueHash()
    {
        if (IsZero)
            return 0;
        var hash = new HashCode();
        hash.Add(_negative);
        for (var i = 0; i < DigitCount; i++)
            hash.Add(DigitAt(i));
        hash.Add(_exponent.Length <= ShortExponent ? (Exponent() + _shift).GetHashCode() : (BigExponent() + _shift).GetHashCode());
        return hash.ToHashCode();
    }

    private int Sign => IsZero ? 0 : _negative ? -1 : 1;

    private int CompareExponents(DecimalText other)
    {
        if (_exponent.Length <= ShortExponent && other._exponent.Length <= ShortExponent)
            return (Exponent() + _shift).CompareTo(other.Exponent() + other._shift);
        if (Math.Abs(_exponent.Length - other._exponent.Length) > 1)
        {
            // The longer exponent decides by its sign alone; it has 19 digits or more and the shifts have seven.
            return _exponent.Length > other._exponent.Length ? (_negativeExponent ? -1 : 1) : (other._negativeExponent ? 1 : -1);
        }

        return (BigExponent() + _shift).CompareTo(other.BigExponent() + other._shift);
    }

    private int CompareDigits(DecimalText other)
    {
        for (var i = 0; i < Math.Min(DigitCount, other.DigitCount); i++)
        {
            if (DigitAt(i) != other.DigitAt(i))
                return DigitAt(i).CompareTo(other.DigitAt(i));
        }

        return DigitCount.CompareTo(other.DigitCount);
    }

    private BigInteger Digits() => BigInteger.Parse(string.Concat(_whole, _fraction), NumberStyles.None, CultureInfo.InvariantCulture);

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
        var value = _exponent.IsEmpty ? BigInteger.Zero : BigInteger.Parse(_exponent, NumberStyles.None, CultureInfo.InvariantCulture);
        return _negativeExponent ? -value : value;
    }
}
