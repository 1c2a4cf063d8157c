using System.Globalization;

namespace Setpoint.Core.Schemas.Patterns;

/// <summary>Characters, escapes and classes.</summary>
internal sealed partial class EcmaParser
{
    private static readonly CodePointSet Digits = CodePointSet.Of(('0', '9'));
    private static readonly CodePointSet LineEnds = CodePointSet.Of(('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029));
    private static readonly CodePointSet Spaces = CodePointSet.Of(
        ('\t', '\r'), (' ', ' '), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF));

    public static readonly CodePointSet WordCharacters = CodePointSet.Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));

    /// <summary><c>\d</c> and its like; null if it is none.</summary>
    private CodePointSet? ReadClassEscape()
    {
        var c = _source[_at];
        CodePointSet? set = c switch
        {
            'd' or 'D' => Digits,
            'w' or 'W' => WordCharacters,
            's' or 'S' => Spaces,
            'p' or 'P' => CodePointSet.None,
            _ => null,
        };
        if (set is null)
            return null;
        _at++;
        if (c is 'p' or 'P')
        {
            var end = Take('{') ? _source.IndexOf('}', _at) : -1;
            if (end < 0)
                throw Problem("'\\p' needs a property: \\p{Letter}");
            var property = _source[_at..end];
            set = UnicodeProperties.Find(property)
                ?? throw Problem($"the property '{property}' is not known; general categories are (\\p{{L}}, \\p{{Letter}}, \\p{{Nd}}), scripts are not");
            _at = end + 1;
        }

        return char.IsAsciiLetterUpper(c) ? set.Complement() : set;
    }

    private int ReadCharacterEscape()
    {
        var c = _source[_at++];
        switch (c)
        {
            case 't':
                return '\t';
            case 'n':
                return '\n';
            case 'v':
                return '\v';
            case 'f':
                return '\f';
            case 'r':
                return '\r';
            case '0' when AtEnd || !char.IsAsciiDigit(_source[_at]):
                return 0;
            case 'c' when !AtEnd && char.IsAsciiLetter(_source[_at]):
                return _source[_at++] % 32;
            case 'x':
                return ReadHex(2);
            case 'u':
                return ReadUnicode();
            default:
                if (char.IsAsciiLetterOrDigit(c))
                    throw Problem($"'\\{c}' is no escape");
                _at--;
                return ReadCharacter();
        }
    }

    private int ReadUnicode()
    {
        if (Take('{'))
        {
            var end = _source.IndexOf('}', _at);
            if (end < 0 || !int.TryParse(_source.AsSpan(_at, end - _at), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var character) || character is < 0 or > CodePointSet.Last)
                throw Problem("'\\u{' needs a character in hexadecimal digits");
            _at = end + 1;
            return character;
        }

        var unit = ReadHex(4);
        if (unit is < 0xD800 or > 0xDBFF || !_source.AsSpan(_at).StartsWith("\\u"))
            return unit;
        var before = _at;
        _at += 2;
        var low = ReadHex(4);
        if (low is >= 0xDC00 and <= 0xDFFF)
            return char.ConvertToUtf32((char)unit, (char)low);
        _at = before;
        return unit;
    }

    private int ReadHex(int digits)
    {
        if (_at + digits > _source.Length
            || !int.TryParse(_source.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            throw Problem($"an escape needs {digits} hexadecimal digits");
        _at += digits;
        return value;
    }

    private CodePointSet ReadClass()
    {
        var negated = Take('^');
        var sets = new List<CodePointSet>();
        while (!Take(']'))
        {
            if (AtEnd)
                throw Problem("a '[' is not closed");
            var (set, character) = ReadClassPart();
            if (_at + 1 < _source.Length && _source[_at] == '-' && _source[_at + 1] != ']')
            {
                _at++;
                var (_, last) = ReadClassPart();
                if (character is not { } from || last is not { } to)
                    throw Problem("a range in brackets needs a character at either end");
                if (to < from)
                    throw Problem("a range in brackets has its larger end first");
                set = CodePointSet.Of((from, to));
            }

            sets.Add(set);
        }

        var all = CodePointSet.Union(sets);
        return negated ? all.Complement() : all;
    }

    private (CodePointSet Set, int? Character) ReadClassPart()
    {
        if (AtEnd)
            throw Problem("a '[' is not closed");
        int character;
        if (!Take('\\'))
        {
            character = ReadCharacter();
        }
        else
        {
            if (AtEnd)
                throw Problem("it ends in a backslash");
            if (ReadClassEscape() is { } set)
                return (set, null);
            character = Take('b') ? '\b' : ReadCharacterEscape();
        }

        return (CodePointSet.Of(character), character);
    }

    private int ReadCharacter()
    {
        var c = _source[_at++];
        return char.IsHighSurrogate(c) && !AtEnd && char.IsLowSurrogate(_source[_at]) ? char.ConvertToUtf32(c, _source[_at++]) : c;
    }
}
