using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Setpoint.Core.Faults;

namespace Setpoint.Core.Json;

/// <summary>One run over one text. Made by <see cref="JsonReader"/>.</summary>
/// <remarks>
/// 1. The whole text is checked to be UTF-8 (vectorised), so that nothing later meets a broken character, wherever it stands.
/// 2. Values are read by recursive descent, bounded by the depth limit. Members and items collect on two scratch stacks and are copied
///    to arrays of their exact size when their object or array ends.
/// 3. A name seen before in this text is the same string again, and objects with the same names in the same order share one
///    <see cref="PropertyNames"/>: a list of 10,000 equal-shaped objects has one set of names (<see cref="SeenNames"/>).
/// 4. A refusal sets the problem and returns null; each caller adds its name or index while the recursion unwinds, so the JSON
///    Pointer of the place costs nothing unless it is needed.
/// </remarks>
internal ref struct JsonParser
{
    private const int PathShownMax = 512;

    // What ends a run of plain characters in a string: the quote, an escape, or a control character (which is refused).
    private static readonly SearchValues<byte> StringStops =
        SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(c => (byte)c)]);

    private readonly ReadOnlySpan<byte> _text;
    private readonly int _depthMax;
    private readonly SeenNames _seen;
    private int _at;
    private int _depth;

    private JsonValue[] _values;
    private string[] _names;
    private int[] _nameOffsets;
    private int _valueCount;
    private int _nameCount;

    private string? _problem;
    private int _problemAt;
    private bool _tooDeep;
    private List<string>? _path;

    public JsonParser(ReadOnlySpan<byte> text, int depthMax)
    {
        _text = text;
        _depthMax = depthMax;
        _seen = new(text.Length);
        _values = ArrayPool<JsonValue>.Shared.Rent(64);
        _names = ArrayPool<string>.Shared.Rent(64);
        _nameOffsets = ArrayPool<int>.Shared.Rent(64);
    }

    /// <summary>Why <see cref="Read"/> gave null.</summary>
    public readonly Fault Refusal
    {
        get
        {
            Debug.Assert(_problem is not null);
            var message = $"{JsonPlace.Of(_text, _problemAt)}: {_problem}";
            return _tooDeep ? new Fault.TooLarge(message) : Malformed(message, Path());
        }
    }

    public static Fault.Malformed Malformed(string message, string path) =>
        new(message, [new Violation(path, ViolationCode.MalformedDocument, message)]);

    public readonly void Dispose()
    {
        _seen.Dispose();
        // Cleared: what lies in the pool must neither keep documents alive nor hand their text to the next renter.
        ArrayPool<JsonValue>.Shared.Return(_values, clearArray: true);
        ArrayPool<string>.Shared.Return(_names, clearArray: true);
        ArrayPool<int>.Shared.Return(_nameOffsets);
    }

    /// <summary>The value that the whole text holds, or null; then <see cref="Refusal"/> says why.</summary>
    public JsonValue? Read()
    {
        if (!Utf8.IsValid(_text))
            return RefuseEncoding();
        if (_text.StartsWith("\uFEFF"u8))
            return Refuse(0, "the text starts with a byte order mark; save it as UTF-8 without one.");

        SkipWhitespace();
        if (_at == _text.Length)
            return Refuse(_at, "the text is empty; a JSON value is expected.");
        var value = ReadValue();
        if (value is null)
            return null;
        SkipWhitespace();
        return _at == _text.Length ? value : Refuse(_at, $"{Found()} where the text should end; it holds one value already.");
    }

    private JsonValue? ReadValue()
    {
        if (_at == _text.Length)
            return Refuse(_at, "the text ends where a value is expected.");
        switch (_text[_at])
        {
            case (byte)'"':
                return ReadString() is { } text ? new JsonString(text) : null;
            case (byte)'{':
                return ReadObject();
            case (byte)'[':
                return ReadArray();
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                return ReadNumber();
            case (byte)'t':
                return ReadWord("true"u8, JsonBoolean.True);
            case (byte)'f':
                return ReadWord("false"u8, JsonBoolean.False);
            case (byte)'n':
                return ReadWord("null"u8, JsonNull.Instance);
            default:
                return Refuse(_at, $"{Found()} where a value is expected.{Hint()}");
        }
    }

    private JsonObject? ReadObject()
    {
        if (!Enter())
            return null;
        var firstName = _nameCount;
        var firstValue = _valueCount;
        var shape = 0u;
        SkipWhitespace();
        if (Take((byte)'}'))
        {
            _depth--;
            return JsonObject.Empty;
        }

        while (true)
        {
            if (_at == _text.Length || _text[_at] != '"')
                return RefuseMember(firstName != _nameCount);
            var nameAt = _at;
            if (ReadName(out var hash) is not { } name)
                return null;
            shape = (shape * 31) + hash + 1;
            SkipWhitespace();
            if (!Take((byte)':'))
            {
                Refuse(_at, $"{Found()} where ':' is expected after a property name.");
                return Within(name);
            }

            SkipWhitespace();
            if (ReadValue() is not { } value)
                return Within(name);
            PushName(name, nameAt);
            PushValue(value);

            SkipWhitespace();
            if (Take((byte)','))
            {
                SkipWhitespace();
                continue;
            }

            if (Take((byte)'}'))
                break;
            Refuse(_at, $"{Found()} where ',' or '}}' is expected.{Hint()}");
            return null;
        }

        if (NamesFrom(firstName, shape) is not { } names)
            return null;
        var values = _values.AsSpan(firstValue, _valueCount - firstValue).ToArray();
        _nameCount = firstName;
        _valueCount = firstValue;
        _depth--;
        return new JsonObject(names, values);
    }

    private JsonArray? ReadArray()
    {
        if (!Enter())
            return null;
        var firstValue = _valueCount;
        SkipWhitespace();
        if (Take((byte)']'))
        {
            _depth--;
            return JsonArray.Empty;
        }

        for (var index = 0; ; index++)
        {
            if (_at < _text.Length && _text[_at] == ']')
            {
                Refuse(_at, "a comma stands before ']'; trailing commas are not allowed.");
                return null;
            }

            if (ReadValue() is not { } value)
            {
                Within(index.ToString());
                return null;
            }

            PushValue(value);
            SkipWhitespace();
            if (Take((byte)','))
            {
                SkipWhitespace();
                continue;
            }

            if (Take((byte)']'))
                break;
            Refuse(_at, $"{Found()} where ',' or ']' is expected.{Hint()}");
            return null;
        }

        var items = _values.AsSpan(firstValue, _valueCount - firstValue).ToArray();
        _valueCount = firstValue;
        _depth--;
        return new JsonArray(ImmutableCollectionsMarshal.AsImmutableArray(items));
    }

    /// <summary>The names on the stack as one shape: the one of an earlier object where they are the same, else a checked new one.</summary>
    private PropertyNames? NamesFrom(int first, uint shape)
    {
        var names = _names.AsSpan(first, _nameCount - first);
        if (_seen.SetOf(names, shape * 0x9E3779B1, out var duplicate) is { } known)
            return known;

        var name = names[duplicate];
        Refuse(_nameOffsets[first + duplicate], $"property '{Phrase.Clip(name)}' occurs twice in one object.");
        Within(name);
        return null;
    }

    /// <summary>Reads a property name; one that occurred lately is the same string again. The hash identifies it in shapes.</summary>
    private string? ReadName(out uint hash)
    {
        hash = 0;
        var start = _at + 1;
        var length = _text[start..].IndexOfAny(StringStops);
        if (length < 0 || _text[start + length] != '"')
            return ReadString();

        var name = _text.Slice(start, length);
        _at = start + length + 1;
        hash = SharedNames.HashOf(name);
        return _seen.NameOf(name, hash);
    }

    private string? ReadString()
    {
        var open = _at;
        var start = open + 1;
        var length = _text[start..].IndexOfAny(StringStops);
        if (length >= 0 && _text[start + length] == '"')
        {
            _at = start + length + 1;
            return length == 0 ? string.Empty : Encoding.UTF8.GetString(_text.Slice(start, length));
        }

        return ReadEscapedString(open);
    }

    private string? ReadEscapedString(int open)
    {
        // Find the end first: unescaped text is never longer than escaped text, so one buffer of that size is enough.
        var end = open + 1;
        while (true)
        {
            var stop = _text[end..].IndexOfAny(StringStops);
            if (stop < 0)
            {
                Refuse(_text.Length, $"the text ends inside the string that starts at {JsonPlace.Of(_text, open).ToString().ToLowerInvariant()}.");
                return null;
            }

            end += stop;
            if (_text[end] == '"')
                break;
            if (_text[end] < 0x20)
            {
                Refuse(end, $"a string holds the control character U+{(int)_text[end]:X4}; write it as an escape such as \\n or \\u{(int)_text[end]:x4}.");
                return null;
            }

            // A backslash and whatever it escapes; at the very end the next round reports the open string.
            end = Math.Min(end + 2, _text.Length);
        }

        var raw = _text[(open + 1)..end];
        var buffer = ArrayPool<char>.Shared.Rent(raw.Length);
        try
        {
            var length = Unescape(raw, open + 1, buffer);
            if (length < 0)
                return null;
            _at = end + 1;
            return new string(buffer, 0, length);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer, clearArray: true);
        }
    }

    /// <summary>Unescapes into the buffer; the length, or -1 when an escape is refused.</summary>
    private int Unescape(ReadOnlySpan<byte> raw, int offset, Span<char> buffer)
    {
        var read = 0;
        var written = 0;
        while (read < raw.Length)
        {
            var run = raw[read..].IndexOf((byte)'\\');
            if (run < 0)
                run = raw.Length - read;
            written += Encoding.UTF8.GetChars(raw.Slice(read, run), buffer[written..]);
            read += run;
            if (read == raw.Length)
                break;

            var escapeAt = read;
            var code = raw[read + 1];
            read += 2;
            var plain = code switch
            {
                (byte)'"' => '"',
                (byte)'\\' => '\\',
                (byte)'/' => '/',
                (byte)'b' => '\b',
                (byte)'f' => '\f',
                (byte)'n' => '\n',
                (byte)'r' => '\r',
                (byte)'t' => '\t',
                _ => '\0',
            };
            if (plain != '\0')
            {
                buffer[written++] = plain;
                continue;
            }

            if (code != 'u')
            {
                Refuse(offset + escapeAt, "a string holds an unknown escape; known are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hexadecimal digits.");
                return -1;
            }

            if (!TryHex(raw[read..], out var unit))
            {
                Refuse(offset + escapeAt, "\\u must be followed by four hexadecimal digits.");
                return -1;
            }

            read += 4;
            if (char.IsHighSurrogate(unit) && raw[read..].StartsWith("\\u"u8) && TryHex(raw[(read + 2)..], out var low) && char.IsLowSurrogate(low))
            {
                buffer[written++] = unit;
                buffer[written++] = low;
                read += 6;
                continue;
            }

            if (char.IsSurrogate(unit))
            {
                Refuse(offset + escapeAt, "a \\u escape is a surrogate without its other half.");
                return -1;
            }

            buffer[written++] = unit;
        }

        return written;
    }

    private static bool TryHex(ReadOnlySpan<byte> text, out char unit)
    {
        unit = '\0';
        if (text.Length < 4)
            return false;
        var value = 0;
        foreach (var digit in text[..4])
        {
            if (!char.IsAsciiHexDigit((char)digit))
                return false;
            value = (value << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        unit = (char)value;
        return true;
    }

    private JsonNumber? ReadNumber()
    {
        var start = _at;
        Take((byte)'-');
        if (Take((byte)'0'))
        {
            if (_at < _text.Length && char.IsAsciiDigit((char)_text[_at]))
                return RefuseNumber(start, "a number starts with a superfluous zero.");
        }
        else if (!TakeDigits())
        {
            return RefuseNumber(_at, $"{Found()} where a digit is expected after '-'.{Hint()}");
        }

        if (Take((byte)'.') && !TakeDigits())
            return RefuseNumber(_at, $"{Found()} where a digit is expected after the decimal point.");
        if (Take((byte)'e') || Take((byte)'E'))
        {
            if (!Take((byte)'+'))
                Take((byte)'-');
            if (!TakeDigits())
                return RefuseNumber(_at, $"{Found()} where a digit is expected in the exponent.");
        }

        return JsonNumber.FromChecked(_text[start.._at]);
    }

    private bool TakeDigits()
    {
        var start = _at;
        while (_at < _text.Length && char.IsAsciiDigit((char)_text[_at]))
            _at++;
        return _at > start;
    }

    private JsonValue? ReadWord(ReadOnlySpan<byte> word, JsonValue value)
    {
        if (!_text[_at..].StartsWith(word))
            return Refuse(_at, $"a word other than true, false and null, where a value is expected.{Hint()}");
        _at += word.Length;
        return value;
    }

    private bool Enter()
    {
        if (_depth == _depthMax)
        {
            _tooDeep = true;
            Refuse(_at, $"arrays and objects are nested deeper than {_depthMax} levels, which is the limit.");
            return false;
        }

        _depth++;
        _at++;
        return true;
    }

    private bool Take(byte expected)
    {
        if (_at == _text.Length || _text[_at] != expected)
            return false;
        _at++;
        return true;
    }

    private void SkipWhitespace()
    {
        while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            _at++;
    }

    private void PushValue(JsonValue value)
    {
        if (_valueCount == _values.Length)
            Grow(ref _values, _valueCount, clear: true);
        _values[_valueCount++] = value;
    }

    private void PushName(string name, int offset)
    {
        if (_nameCount == _names.Length)
            Grow(ref _names, _nameCount, clear: true);
        if (_nameCount == _nameOffsets.Length)
            Grow(ref _nameOffsets, _nameCount, clear: false);
        _names[_nameCount] = name;
        _nameOffsets[_nameCount++] = offset;
    }

    private static void Grow<T>(ref T[] array, int count, bool clear)
    {
        var larger = ArrayPool<T>.Shared.Rent(count * 2);
        array.AsSpan(0, count).CopyTo(larger);
        ArrayPool<T>.Shared.Return(array, clear);
        array = larger;
    }

    private JsonValue? Refuse(int at, string problem)
    {
        _problem = problem;
        _problemAt = at;
        return null;
    }

    private JsonNumber? RefuseNumber(int at, string problem)
    {
        Refuse(at, problem);
        return null;
    }

    private JsonObject? RefuseMember(bool afterComma)
    {
        Refuse(_at, afterComma && _at < _text.Length && _text[_at] == '}'
            ? "a comma stands before '}'; trailing commas are not allowed."
            : $"{Found()} where a property name in double quotes is expected.{Hint()}");
        return null;
    }

    private JsonValue? RefuseEncoding()
    {
        var rest = _text;
        while (Rune.DecodeFromUtf8(rest, out _, out var length) == OperationStatus.Done)
            rest = rest[length..];
        var at = _text.Length - rest.Length;
        return Refuse(at, $"the bytes from offset {at} on are not UTF-8.");
    }

    /// <summary>Notes on the way out that the problem lies inside this property or item.</summary>
    private JsonObject? Within(string segment)
    {
        (_path ??= []).Add(segment);
        return null;
    }

    private readonly string Path()
    {
        if (_path is null)
            return string.Empty;
        var pointer = new StringBuilder();
        for (var i = _path.Count - 1; i >= 0; i--)
            JsonPointer.AppendSegment(pointer, _path[i]);
        return Phrase.Clip(pointer.ToString(), PathShownMax);
    }

    /// <summary>The one character at the current place: enough to find it, too little to leak a value.</summary>
    private readonly string Found()
    {
        if (_at == _text.Length)
            return "the text ends";
        Rune.DecodeFromUtf8(_text[_at..], out var rune, out _);
        return rune.Value is > 0x20 and < 0x7F ? $"'{rune}' stands" : $"U+{rune.Value:X4} stands";
    }

    private readonly string Hint()
    {
        var rest = _text[_at..];
        if (rest.StartsWith("//"u8) || rest.StartsWith("/*"u8) || rest.StartsWith("#"u8))
            return " Comments are not allowed.";
        if (rest.StartsWith("'"u8))
            return " Strings are written in double quotes.";
        if (rest.StartsWith("NaN"u8) || rest.StartsWith("Infinity"u8) || rest.StartsWith("nan"u8))
            return " JSON has no NaN and no Infinity.";
        if (rest.StartsWith("+"u8) || rest.StartsWith("."u8))
            return " A number starts with a digit or '-'.";
        return rest.StartsWith(","u8) || rest.StartsWith("]"u8) || rest.StartsWith("}"u8) ? " A comma may be superfluous." : string.Empty;
    }
}
