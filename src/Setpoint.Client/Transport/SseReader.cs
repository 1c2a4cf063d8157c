using System.Buffers;
using System.Text;

namespace Setpoint.Client.Transport;

/// <summary>Something came over an event stream: an event, or a comment, which only says that the server lives.</summary>
/// <param name="Type">The event's type; null for a comment.</param>
/// <param name="Id">The newest id of the stream, empty if there was none.</param>
/// <param name="Data">The event's data; valid until the next read.</param>
internal readonly record struct SseItem(string? Type, string Id, ReadOnlyMemory<byte> Data)
{
    public bool IsComment => Type is null;
}

/// <summary>
/// Reads server-sent events. The framework's parser neither reports comments, which carry the heartbeat, nor bounds what it buffers.
/// </summary>
internal sealed class SseReader(Stream stream, int eventSizeMax)
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private readonly ArrayBufferWriter<byte> _data = new(4096);
    private byte[] _buffer = new byte[8192];
    private int _start;
    private int _end;
    private bool _skipLineFeed;
    private bool _first = true;
    private bool _hasData;
    private string _type = string.Empty;
    private string _id = string.Empty;

    /// <summary>The next event or comment; null at the end of the stream. An event that the end cuts off is dropped, as the standard says.</summary>
    /// <exception cref="InvalidDataException">A line or an event is larger than the limit.</exception>
    public async ValueTask<SseItem?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (TakeLine() is { } line)
            {
                if (Accept(line.Span) is { } item)
                    return item;
            }

            if (!await FillAsync(cancellationToken).ConfigureAwait(false))
                return null;
        }
    }

    private ReadOnlyMemory<byte>? TakeLine()
    {
        if (_skipLineFeed && _start < _end)
        {
            // The second half of a CR LF that may have been split between two reads.
            if (_buffer[_start] == (byte)'\n')
                _start++;
            _skipLineFeed = false;
        }

        var length = _buffer.AsSpan(_start, _end - _start).IndexOfAny((byte)'\n', (byte)'\r');
        if (length < 0)
            return null;
        var line = _buffer.AsMemory(_start, length);
        _skipLineFeed = _buffer[_start + length] == (byte)'\r';
        _start += length + 1;
        return line;
    }

    private SseItem? Accept(ReadOnlySpan<byte> line)
    {
        if (_first)
        {
            _first = false;
            if (line.StartsWith(ByteOrderMark))
                line = line[ByteOrderMark.Length..];
        }

        if (line.IsEmpty)
            return Dispatch();
        var colon = line.IndexOf((byte)':');
        if (colon == 0)
            return new SseItem(null, _id, default);
        var field = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? [] : line[(colon + 1)..];
        if (value.StartsWith((byte)' '))
            value = value[1..];

        if (field.SequenceEqual("data"u8))
            Append(value);
        else if (field.SequenceEqual("event"u8))
            _type = Encoding.UTF8.GetString(value);
        else if (field.SequenceEqual("id"u8) && !value.Contains((byte)0))
            _id = Encoding.UTF8.GetString(value);
        return null;
    }

    private void Append(ReadOnlySpan<byte> value)
    {
        if (!_hasData)
            _data.ResetWrittenCount();
        else
            _data.Write("\n"u8);
        if (value.Length > eventSizeMax - _data.WrittenCount)
            throw TooLarge();
        _data.Write(value);
        _hasData = true;
    }

    private SseItem? Dispatch()
    {
        var type = _type.Length == 0 ? "message" : _type;
        _type = string.Empty;
        if (!_hasData)
            return null;
        _hasData = false;
        return new SseItem(type, _id, _data.WrittenMemory);
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            // A line holds at most one event's data and its field name.
            if (_buffer.Length >= eventSizeMax + 64)
                throw TooLarge();
            Array.Resize(ref _buffer, (int)Math.Min(_buffer.Length * 2L, eventSizeMax + 64L));
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }

    private InvalidDataException TooLarge() => new($"An event is larger than {eventSizeMax} bytes, the limit of ResponseSizeMax.");
}
