using System.Numerics;
using System.Text;
using Setpoint.Core.Statistics;

namespace Setpoint.Core.Flags.Evaluation;

/// <summary>
/// Who asked for one flag: a sketch of the targeting keys, filled by any number of threads at once. Each register holds the largest rank that it
/// was offered, so that the order does not matter, and once it is full an evaluation reads one byte and writes nothing.
/// </summary>
/// <remarks>
/// The same registers as those of <see cref="HyperLogLog"/>, with room for all of them from the first key on: that one is smaller while it holds
/// little, and has to be locked.
/// </remarks>
internal sealed class FlagKeySketch(FlagKeyRoom? room = null)
{
    /// <summary>4,096 registers: 4 KiB for a flag that was asked for, and a standard error of 1.6 %.</summary>
    public const int Precision = 12;

    private byte[]? _ranks;
    private bool _hasNews;
    private bool _isRefused;

    /// <summary>The hash of a targeting key, to be kept with the context: it costs more than all else here.</summary>
    /// <returns>Never 0, which stands for no key.</returns>
    public static ulong HashOf(string key)
    {
        // Enough for most keys, and little to clear.
        const int StackBytesMax = 128;
        var size = Encoding.UTF8.GetMaxByteCount(key.Length);
        var bytes = size <= StackBytesMax ? stackalloc byte[StackBytesMax] : new byte[size];
        return Math.Max(XxHash64.Of(bytes[..Encoding.UTF8.GetBytes(key, bytes)]), 1);
    }

    public void Add(ulong hash)
    {
        if ((_ranks ?? Make()) is not { } ranks)
            return;
        ref var register = ref ranks[hash >> (64 - Precision)];
        var rank = (byte)(BitOperations.LeadingZeroCount((hash << Precision) | (1UL << (Precision - 1))) + 1);
        if (Volatile.Read(ref register) < rank)
            Raise(ref register, rank);
    }

    /// <summary>True if it takes memory.</summary>
    public bool IsOpen => Volatile.Read(ref _ranks) is not null;

    /// <summary>Takes out what was added since the last time; null for nothing.</summary>
    /// <param name="keeps">
    /// True: what was added stays, so that a key that comes again is no news; what is taken out then holds all that ever came. One caller at a time.
    /// </param>
    public HyperLogLog? Drain(bool keeps = false)
    {
        // A key that is added to these registers after they were read is lost to this count; it was asked for in the next as well, or never again.
        var ranks = keeps ? Volatile.Read(ref _ranks) : Interlocked.Exchange(ref _ranks, null);
        if (!keeps)
            _isRefused = false;
        return ranks is not null && Interlocked.Exchange(ref _hasNews, false) ? HyperLogLog.Of(Precision, ranks) : null;
    }

    private void Raise(ref byte register, byte rank)
    {
        var seen = Volatile.Read(ref register);
        while (seen < rank)
        {
            var before = Interlocked.CompareExchange(ref register, rank, seen);
            if (before == seen)
            {
                // After the register: who sees the news sees the key.
                Volatile.Write(ref _hasNews, true);
                return;
            }

            seen = before;
        }
    }

    private byte[]? Make()
    {
        if (room?.TryTake() == false)
        {
            Refused();
            return null;
        }

        var made = new byte[1 << Precision];
        return Interlocked.CompareExchange(ref _ranks, made, null) ?? made;
    }

    private void Refused()
    {
        if (Volatile.Read(ref _isRefused) || Interlocked.Exchange(ref _isRefused, true))
            return;
        room!.Refuse();
    }
}
