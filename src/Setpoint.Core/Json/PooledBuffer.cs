using System.Buffers;

namespace Setpoint.Core.Json;

/// <summary>A growing buffer from the shared pool. Cleared when it goes back: configurations can hold secrets.</summary>
internal sealed class PooledBuffer(int capacity = 4096) : IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);
    private int _written;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _written);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _written);
        _written += count;
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _bytes.AsSpan(_written);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _bytes.AsMemory(_written);
    }

    public void Dispose() => Return(Interlocked.Exchange(ref _bytes, []));

    /// <summary>Twice as long, so that writing n bytes copies n, or what is needed; never longer than an array can be.</summary>
    /// <exception cref="InvalidOperationException">No array is as long as needed.</exception>
    internal static int GrownLength(int length, int written, int room)
    {
        var needed = (long)written + room;
        if (needed > Array.MaxLength)
            throw new InvalidOperationException($"The text needs a buffer of {needed} bytes; {Array.MaxLength} is the most there can be. Ask for less at once.");
        return (int)Math.Max(needed, Math.Min((long)length * 2, Array.MaxLength));
    }

    private void Ensure(int room)
    {
        if (_bytes.Length - _written >= Math.Max(room, 1))
            return;
        var larger = ArrayPool<byte>.Shared.Rent(GrownLength(_bytes.Length, _written, room));
        Written.CopyTo(larger);
        Return(_bytes);
        _bytes = larger;
    }

    private void Return(byte[] bytes)
    {
        if (bytes.Length == 0)
            return;
        bytes.AsSpan(0, Math.Min(_written, bytes.Length)).Clear();
        ArrayPool<byte>.Shared.Return(bytes);
    }
}
