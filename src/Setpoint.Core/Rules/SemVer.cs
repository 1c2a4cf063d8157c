using System.Globalization;
using System.Runtime.CompilerServices;

namespace Setpoint.Core.Rules;

/// <summary>
/// A semantic version (semver.org 2.0.0), read as flagd reads it: one leading <c>v</c> is skipped, <c>1</c> and <c>1.2</c> are <c>1.0.0</c> and
/// <c>1.2.0</c>. Build metadata does not count.
/// </summary>
internal readonly struct SemVer
{
    /// <summary>As in npm's semver; a longer text is no version.</summary>
    private const int LengthMax = 256;

    /// <summary>2^53 - 1: npm's semver refuses greater numbers, which JavaScript could not tell apart.</summary>
    private const long NumberMax = (1L << 53) - 1;

    private readonly ReadOnlyMemory<char> _prerelease;

    private SemVer(long major, long minor, long patch, ReadOnlyMemory<char> prerelease)
    {
        Major = major;
        Minor = minor;
        Patch = patch;
        _prerelease = prerelease;
    }

    public long Major { get; }

    public long Minor { get; }

    public long Patch { get; }

    public static bool TryParse(string text, out SemVer version)
    {
        version = default;
        if (text.Length > LengthMax)
            return false;
        var all = text.AsMemory().Trim();
        if (all.Length > 0 && all.Span[0] is 'v' or 'V')
            all = all[1..];

        // A number cannot hold any of these, so the first of them ends the numbers.
        var core = all.Span;
        var end = core.IndexOfAny('-', '+');
        if (end >= 0)
            core = core[..end];
        Span<long> numbers = [0, 0, 0];
        var count = 0;
        foreach (var range in core.Split('.'))
        {
            if (count == 3 || !TryNumber(core[range], out numbers[count]))
                return false;
            count++;
        }

        // What is short of three numbers has nothing behind them.
        if (end >= 0 && count < 3)
            return false;
        var prerelease = ReadOnlyMemory<char>.Empty;
        if (end >= 0)
        {
            var rest = all[end..];
            var plus = rest.Span.IndexOf('+');
            if (plus >= 0 && !AreIdentifiers(rest.Span[(plus + 1)..], numbersHaveNoZeros: false))
                return false;
            if (rest.Span[0] == '-')
            {
                prerelease = rest[1..(plus < 0 ? rest.Length : plus)];
                if (!AreIdentifiers(prerelease.Span, numbersHaveNoZeros: true))
                    return false;
            }
        }

        version = new(numbers[0], numbers[1], numbers[2], prerelease);
        return true;
    }

    /// <summary>Bits below the major number of a plain version.</summary>
    public const int PlainMajorAt = 40;

    /// <summary>Three numbers of six digits and two dots.</summary>
    private const int PlainLengthMax = 20;

    /// <summary>Bits below the minor number of a plain version.</summary>
    public const int PlainMinorAt = 20;

    /// <summary>
    /// Three numbers of at most six digits and nothing else, which most versions are, as one number that orders as they do: six digits fit 20
    /// bits. Taking a version apart in full costs ten times as much.
    /// </summary>
    public static bool TryPlain(string text, out long version)
    {
        version = 0;
        if (text.Length > PlainLengthMax)
            return false;
        var at = 0;
        var major = PlainNumber(text, ref at);
        if (major < 0 || (uint)at >= (uint)text.Length || text[at++] != '.')
            return false;
        var minor = PlainNumber(text, ref at);
        if (minor < 0 || (uint)at >= (uint)text.Length || text[at++] != '.')
            return false;
        var patch = PlainNumber(text, ref at);
        version = (major << PlainMajorAt) | (minor << PlainMinorAt) | patch;
        return patch >= 0 && at == text.Length;
    }

    /// <summary>The number that begins here; negative if none does, it has a leading zero or over six digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long PlainNumber(string text, ref int at)
    {
        if ((uint)at >= (uint)text.Length)
            return -1;
        var number = text[at] - '0';
        if ((uint)number > 9)
            return -1;
        while ((uint)++at < (uint)text.Length && (uint)(text[at] - '0') <= 9)
        {
            if (number is 0 or > 99_999)
                return -1;
            number = (number * 10) + (text[at] - '0');
        }

        return number;
    }

    /// <summary>Semver.org section 11.</summary>
    public static int Compare(in SemVer left, in SemVer right)
    {
        var order = left.Major.CompareTo(right.Major);
        if (order == 0)
            order = left.Minor.CompareTo(right.Minor);
        if (order == 0)
            order = left.Patch.CompareTo(right.Patch);
        return order != 0 ? order : ComparePrereleases(left._prerelease.Span, right._prerelease.Span);
    }

    private static int ComparePrereleases(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        // A release comes after all that lead up to it.
        if (left.IsEmpty || right.IsEmpty)
            return left.IsEmpty.CompareTo(right.IsEmpty);
        while (true)
        {
            var order = CompareIdentifiers(Next(ref left), Next(ref right));
            if (order != 0 || (left.IsEmpty && right.IsEmpty))
                return order;
            if (left.IsEmpty || right.IsEmpty)
                return left.IsEmpty ? -1 : 1;
        }
    }

    private static int CompareIdentifiers(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        var leftIsNumber = IsDigits(left);
        if (leftIsNumber != IsDigits(right))
            return leftIsNumber ? -1 : 1;
        // Neither number has leading zeros, so the longer is the greater.
        if (leftIsNumber && left.Length != right.Length)
            return left.Length.CompareTo(right.Length);
        return left.SequenceCompareTo(right);
    }

    private static ReadOnlySpan<char> Next(ref ReadOnlySpan<char> identifiers)
    {
        var dot = identifiers.IndexOf('.');
        var next = dot < 0 ? identifiers : identifiers[..dot];
        identifiers = dot < 0 ? [] : identifiers[(dot + 1)..];
        return next;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out long number)
    {
        number = 0;
        return IsPlainNumber(text)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number <= NumberMax;
    }

    private static bool AreIdentifiers(ReadOnlySpan<char> text, bool numbersHaveNoZeros)
    {
        foreach (var range in text.Split('.'))
        {
            var identifier = text[range];
            if (identifier.IsEmpty || (numbersHaveNoZeros && IsDigits(identifier) && !IsPlainNumber(identifier)))
                return false;
            foreach (var c in identifier)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                    return false;
            }
        }

        return true;
    }

    private static bool IsPlainNumber(ReadOnlySpan<char> text) => IsDigits(text) && (text.Length == 1 || text[0] != '0');

    private static bool IsDigits(ReadOnlySpan<char> text) => !text.IsEmpty && text.IndexOfAnyExceptInRange('0', '9') < 0;
}
