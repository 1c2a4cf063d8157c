using System.Collections.Immutable;
using System.Globalization;

namespace Setpoint.Core.Schemas.Patterns;

/// <summary>
/// Reads the regular expressions of ECMA-262 with the flag u (section 22.2.1), by recursive descent. Where schemas in the wild use what
/// only its annex B allows and no other meaning is possible, that is read too: a brace or bracket that closes nothing, <c>\-</c>.
/// </summary>
internal sealed partial class EcmaParser
{
    private const int DepthMax = 200;

    private readonly string _source;
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private int _at;
    private int _depth;
    private int _captures;
    private int _largestReference;

    private EcmaParser(string source)
    {
        _source = source;
        ReadNames();
    }

    /// <summary>Null with the problem as the end of a sentence if the text is no pattern.</summary>
    public static PatternNode? Parse(string source, out string? problem)
    {
        var parser = new EcmaParser(source);
        try
        {
            var node = parser.ReadChoice();
            if (parser._at < source.Length)
                throw parser.Problem("a ')' closes nothing");
            if (parser._largestReference > parser._captures)
                throw parser.Problem($"there is no group {parser._largestReference}");
            problem = null;
            return node;
        }
        catch (PatternException refusal)
        {
            problem = refusal.Message;
            return null;
        }
    }

    private bool AtEnd => _at >= _source.Length;

    private PatternNode ReadChoice()
    {
        if (++_depth > DepthMax)
            throw Problem($"groups are nested more than {DepthMax} deep");
        var branches = new List<PatternNode> { ReadSequence() };
        while (Take('|'))
            branches.Add(ReadSequence());
        _depth--;
        return branches.Count == 1 ? branches[0] : new PatternNode.Choice([.. branches]);
    }

    private PatternNode ReadSequence()
    {
        var parts = ImmutableArray.CreateBuilder<PatternNode>();
        while (!AtEnd && _source[_at] is not ('|' or ')'))
        {
            var part = ReadTerm();
            parts.Add(ReadQuantifier(part));
        }

        return parts.Count == 1 ? parts[0] : new PatternNode.Sequence(parts.ToImmutable());
    }

    private PatternNode ReadTerm()
    {
        switch (_source[_at])
        {
            case '^':
                _at++;
                return new PatternNode.Anchor(AnchorKind.Start);
            case '$':
                _at++;
                return new PatternNode.Anchor(AnchorKind.End);
            case '(':
                _at++;
                return ReadGroup();
            case '[':
                _at++;
                return new PatternNode.Set(ReadClass());
            case '.':
                _at++;
                return new PatternNode.Set(LineEnds.Complement());
            case '\\':
                _at++;
                return ReadEscape();
            case '*' or '+' or '?':
                throw Problem($"'{_source[_at]}' repeats nothing");
            case '{' when TryQuantifier(out _, out _):
                throw Problem("a count repeats nothing");
            default:
                return new PatternNode.Set(CodePointSet.Of(ReadCharacter()));
        }
    }

    private PatternNode ReadQuantifier(PatternNode part)
    {
        if (AtEnd)
            return part;
        var (least, most) = (0, (int?)null);
        switch (_source[_at])
        {
            case '*':
                _at++;
                break;
            case '+':
                _at++;
                least = 1;
                break;
            case '?':
                _at++;
                most = 1;
                break;
            case '{' when TryQuantifier(out least, out most):
                break;
            default:
                return part;
        }

        if (most < least)
            throw Problem("a count has its larger number first");
        if (part is PatternNode.Anchor or PatternNode.Look)
            throw Problem("what matches no character cannot be repeated");
        return new PatternNode.Repeat(part, least, most, Lazy: Take('?'));
    }

    /// <summary>Takes <c>{n}</c>, <c>{n,}</c> or <c>{n,m}</c>; what is neither is plain characters.</summary>
    private bool TryQuantifier(out int least, out int? most)
    {
        (least, most) = (0, null);
        var end = _source.IndexOf('}', _at);
        if (end < 0)
            return false;
        var inside = _source.AsSpan(_at + 1, end - _at - 1);
        var comma = inside.IndexOf(',');
        var first = comma < 0 ? inside : inside[..comma];
        if (first.IsEmpty || first.ContainsAnyExceptInRange('0', '9'))
            return false;
        var second = comma < 0 ? first : inside[(comma + 1)..];
        if (second.ContainsAnyExceptInRange('0', '9'))
            return false;
        least = Number(first);
        most = second.IsEmpty ? null : Number(second);
        _at = end + 1;
        return true;
    }

    private static int Number(ReadOnlySpan<char> digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;

    private PatternNode ReadGroup()
    {
        PatternNode made;
        if (!Take('?'))
        {
            var number = ++_captures;
            made = new PatternNode.Capture(number, ReadChoice());
        }
        else if (Take(':'))
        {
            made = ReadChoice();
        }
        else if (Take('='))
        {
            made = new PatternNode.Look(ReadChoice(), Behind: false, Negative: false);
        }
        else if (Take('!'))
        {
            made = new PatternNode.Look(ReadChoice(), Behind: false, Negative: true);
        }
        else if (Take("<="))
        {
            made = new PatternNode.Look(ReadChoice(), Behind: true, Negative: false);
        }
        else if (Take("<!"))
        {
            made = new PatternNode.Look(ReadChoice(), Behind: true, Negative: true);
        }
        else if (Take('<'))
        {
            ReadName();
            var number = ++_captures;
            made = new PatternNode.Capture(number, ReadChoice());
        }
        else
        {
            throw Problem("'(?' starts no group that ECMA-262 knows");
        }

        if (!Take(')'))
            throw Problem("a '(' is not closed");
        return made;
    }

    private PatternNode ReadEscape()
    {
        if (AtEnd)
            throw Problem("it ends in a backslash");
        var c = _source[_at];
        switch (c)
        {
            case 'b':
                _at++;
                return new PatternNode.Anchor(AnchorKind.WordBoundary);
            case 'B':
                _at++;
                return new PatternNode.Anchor(AnchorKind.NoWordBoundary);
            case 'k':
                _at++;
                if (!Take('<'))
                    throw Problem("'\\k' needs the name of a group: \\k<name>");
                var name = ReadName();
                return new PatternNode.BackReference(_names.TryGetValue(name, out var known) ? known : throw Problem($"there is no group '{name}'"));
            case >= '1' and <= '9':
                var begin = _at;
                while (!AtEnd && char.IsAsciiDigit(_source[_at]))
                    _at++;
                var number = Number(_source.AsSpan(begin, _at - begin));
                _largestReference = Math.Max(_largestReference, number);
                return new PatternNode.BackReference(number);
            default:
                return new PatternNode.Set(ReadClassEscape() ?? CodePointSet.Of(ReadCharacterEscape()));
        }
    }

    private string ReadName()
    {
        var end = _source.IndexOf('>', _at);
        if (end <= _at)
            throw Problem("the name of a group is not closed");
        var name = _source[_at..end];
        _at = end + 1;
        return name;
    }

    /// <summary>A reference may stand before its group, so names are read ahead.</summary>
    private void ReadNames()
    {
        var number = 0;
        var inClass = false;
        for (var i = 0; i < _source.Length; i++)
        {
            switch (_source[i])
            {
                case '\\':
                    i++;
                    break;
                case '[':
                    inClass = true;
                    break;
                case ']':
                    inClass = false;
                    break;
                case '(' when !inClass:
                    var named = _source.AsSpan(i).StartsWith("(?<") && !_source.AsSpan(i).StartsWith("(?<=") && !_source.AsSpan(i).StartsWith("(?<!");
                    if (named && _source.IndexOf('>', i) is var end and > 0)
                        _names.TryAdd(_source[(i + 3)..end], number + 1);
                    if (named || i + 1 >= _source.Length || _source[i + 1] != '?')
                        number++;
                    break;
            }
        }
    }

    private bool Take(char c)
    {
        if (AtEnd || _source[_at] != c)
            return false;
        _at++;
        return true;
    }

    private bool Take(string text)
    {
        if (!_source.AsSpan(_at).StartsWith(text))
            return false;
        _at += text.Length;
        return true;
    }

    private PatternException Problem(string what) => new($"{what} (at character {_at + 1}).");

    /// <summary>Unwinds the descent; never leaves <see cref="Parse"/>.</summary>
    private sealed class PatternException(string message) : Exception(message);
}
