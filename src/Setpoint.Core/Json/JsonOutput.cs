using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Setpoint.Core.Json;

/// <summary>Writes the pieces of JSON text into the spans of a buffer writer, asking it for room a few kilobytes at a time.</summary>
internal ref struct JsonOutput(IBufferWriter<byte> output)
{
    private const int RoomAsked = 4096;

    // Characters per round; a character takes at most three bytes, so a round fits the room asked for.
    private const int CharsPerRound = RoomAsked / 4;

    // RFC 8259 and RFC 8785 agree: these are escaped and nothing else is.
    private static readonly SearchValues<char> Escaped =
        SearchValues.Create(['"', '\\', .. Enumerable.Range(0, 0x20).Select(c => (char)c)]);

    private Span<byte> _room;
    private int _used;

    /// <summary>Hands over what is written. Must be the last call.</summary>
    public void Flush()
    {
        output.Advance(_used);
        _used = 0;
        _room = default;
    }

    public void Byte(byte value)
    {
        Ensure(1);
        _room[_used++] = value;
    }

    public void Ascii(scoped ReadOnlySpan<byte> text)
    {
        Debug.Assert(text.Length <= RoomAsked);
        Ensure(text.Length);
        text.CopyTo(_room[_used..]);
        _used += text.Length;
    }

    public void Spaces(int count)
    {
        for (; count > 0; count--)
            Byte((byte)' ');
    }

    /// <summary>A number's digits, which are ASCII.</summary>
    public void Digits(scoped ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var part = text[..Math.Min(text.Length, CharsPerRound)];
            Ensure(part.Length);
            var status = System.Text.Ascii.FromUtf16(part, _room[_used..], out var written);
            Debug.Assert(status == OperationStatus.Done);
            _used += written;
            text = text[part.Length..];
        }
    }

    /// <summary>A string in quotes, escaped as little as JSON allows.</summary>
    /// <exception cref="InvalidOperationException">
    /// The text holds half a surrogate pair. The reader lets none in, so it comes from a mistake in code; written as a replacement
    /// character, two different values would have one fingerprint.
    /// </exception>
    public void Quoted(scoped ReadOnlySpan<char> text)
    {
        Byte((byte)'"');
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAny(Escaped);
            if (plain < 0)
            {
                Plain(text);
                break;
            }

            Plain(text[..plain]);
            Escape(text[plain]);
            text = text[(plain + 1)..];
        }

        Byte((byte)'"');
    }

    /// <summary>The bytes that <see cref="Quoted"/> writes for the text.</summary>
    public static long QuotedSize(ReadOnlySpan<char> text)
    {
        long size = Encoding.UTF8.GetByteCount(text) + 2;
        for (var at = text.IndexOfAny(Escaped); at >= 0; at = text.IndexOfAny(Escaped))
        {
            size += text[at] is '"' or '\\' or '\b' or '\f' or '\n' or '\r' or '\t' ? 1 : 5;
            text = text[(at + 1)..];
        }

        return size;
    }

    private void Plain(scoped ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var part = text[..Math.Min(text.Length, CharsPerRound)];
            Ensure(part.Length * 3);
            var last = part.Length == text.Length;
            var status = Utf8.FromUtf16(part, _room[_used..], out var read, out var written, replaceInvalidSequences: false, isFinalBlock: last);
            _used += written;
            text = text[read..];

            // NeedMoreData: the round ended within a pair, whose first half the next round starts with.
            if (status == OperationStatus.InvalidData || read == 0)
                throw new InvalidOperationException("A JSON string holds a surrogate without its other half.");
        }
    }

    private void Escape(char c)
    {
        switch (c)
        {
            case '"': Ascii("\\\""u8); break;
            case '\\': Ascii("\\\\"u8); break;
            case '\b': Ascii("\\b"u8); break;
            case '\f': Ascii("\\f"u8); break;
            case '\n': Ascii("\\n"u8); break;
            case '\r': Ascii("\\r"u8); break;
            case '\t': Ascii("\\t"u8); break;
            default:
                Ascii("\\u00"u8);
                Ensure(2);
                ((int)c).TryFormat(_room[_used..], out var written, "x2", CultureInfo.InvariantCulture);
                _used += written;
                break;
        }
    }

    private void Ensure(int count)
    {
        if (_room.Length - _used >= count)
            return;
        output.Advance(_used);
        _room = output.GetSpan(Math.Max(count, RoomAsked));
        _used = 0;
    }
}
