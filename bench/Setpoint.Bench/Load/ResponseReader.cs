using System.Buffers.Text;
using Setpoint.Bench.Harness;

namespace Setpoint.Bench.Load;

/// <summary>
/// Finds the end of HTTP/1.1 responses in a stream of bytes, and their status; bodies are counted, not kept. One per connection.
/// </summary>
internal sealed class ResponseReader
{
    // Not parsed faster than needed: the head is looked at once per response, with vectorised searches.
    private readonly byte[] _head = new byte[8192];
    private int _headLength;
    private long _bodyLeft;
    private bool _inBody;
    private bool _chunked;
    private uint _chunkTail;

    public int Status { get; private set; }

    /// <summary>Takes what was received; true when that ends the response. One response is in flight at a time.</summary>
    public bool Take(ReadOnlySpan<byte> bytes)
    {
        if (!_inBody)
        {
            if (_headLength + bytes.Length > _head.Length)
            {
                // Only a body makes it this long: the head of every server measured here fits in a fraction of it.
                var room = _head.Length - _headLength;
                bytes[..room].CopyTo(_head.AsSpan(_headLength));
                _headLength += room;
                if (!ReadHead(out var bodyInHead))
                    throw new BenchException($"A response head is longer than {_head.Length} bytes.");
                return TakeBody(_head.AsSpan(_headLength - bodyInHead, bodyInHead)) | TakeBody(bytes[room..]);
            }

            bytes.CopyTo(_head.AsSpan(_headLength));
            _headLength += bytes.Length;
            return ReadHead(out var rest) && TakeBody(_head.AsSpan(_headLength - rest, rest));
        }

        return TakeBody(bytes);
    }

    private bool ReadHead(out int bodyBytes)
    {
        bodyBytes = 0;
        var received = _head.AsSpan(0, _headLength);
        var end = received.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        bodyBytes = _headLength - end - 4;
        var head = received[..(end + 2)];
        if (!head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head[9..12], out int status, out _))
            throw new BenchException($"Not an HTTP response: {System.Text.Encoding.Latin1.GetString(head[..Math.Min(head.Length, 80)])}");
        Status = status;
        _inBody = true;
        _chunked = false;
        _chunkTail = 0;
        _bodyLeft = 0;
        if (status is 304 or 204)
            return true;

        var length = ValueOf(head, "Content-Length:"u8);
        if (!length.IsEmpty)
        {
            if (!Utf8Parser.TryParse(length, out _bodyLeft, out _))
                throw new BenchException("A response has a Content-Length that is no number.");
        }
        else
        {
            _chunked = true;
            _bodyLeft = long.MaxValue;
        }

        return true;
    }

    private static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        var at = head.IndexOf(name);
        if (at < 0)
            return [];
        var value = head[(at + name.Length)..];
        return value[..value.IndexOf((byte)'\r')].TrimStart((byte)' ');
    }

    private bool TakeBody(ReadOnlySpan<byte> bytes)
    {
        if (_chunked)
        {
            // The last chunk is "0\r\n\r\n"; JSON bodies hold no raw line ends, so that "\r\n\r\n" ends the body and nothing else.
            foreach (var value in bytes)
                _chunkTail = (_chunkTail << 8) | value;
            if (_chunkTail != 0x0D0A0D0A)
                return false;
        }
        else
        {
            _bodyLeft -= bytes.Length;
            if (_bodyLeft > 0)
                return false;
            if (_bodyLeft < 0)
                throw new BenchException("A response is longer than its Content-Length.");
        }

        _inBody = false;
        _headLength = 0;
        return true;
    }
}
