using System.Buffers;

namespace Setpoint.Server.Http;

/// <summary>
/// The body of an answer that is put together for one request, in a rented array: answers about large sets have hundreds of kilobytes, which
/// would fill the heap of large objects. Not cleared when it goes back, so it is for what is no secret. Not thread-safe.
/// </summary>
/// <param name="capacity">Bytes to begin with.</param>
internal sealed class AnswerBuffer(int capacity) : IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);
    private int _written;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _written);

    public void Write(ReadOnlySpan<byte> piece)
    {
        if (piece.Length > _bytes.Length - _written)
            Grow(piece.Length);
        piece.CopyTo(_bytes.AsSpan(_written));
        _written += piece.Length;
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _written);
        _written += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (Math.Max(sizeHint, 1) > _bytes.Length - _written)
            Grow(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _written) = ([], 0);
    }

    private void Grow(int room)
    {
        // Twice a length past 1 GiB is no int.
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(checked(_written + room), Math.Min(_bytes.Length * 2L, Array.MaxLength)));
        _bytes.AsSpan(0, _written).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
