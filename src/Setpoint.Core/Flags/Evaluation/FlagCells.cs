using System.Runtime.CompilerServices;

namespace Setpoint.Core.Flags.Evaluation;

/// <summary>
/// Counts the answers of one flag by variant and reason. Thread-safe, allocation-free after the first count, and exact: threads count in
/// stripes, and an increment is one interlocked instruction on a line that about every eighth thread touches. Which core a thread is on would
/// spread them better, and asking costs as much as the increment.
/// </summary>
internal sealed class FlagCells(int variants)
{
    private const int Reasons = (int)FlagReason.Error + 1;

    // 16 counters of 8 bytes: two lines of 64 bytes, which processors fetch in pairs.
    private const int Pad = 16;

    // A flag that is asked for takes 1 to 2 KiB by this, and ten thousand of them 20 MiB at most.
    private const int StripeBits = 3;
    private const int Stripes = 1 << StripeBits;

    // Stacks are a megabyte or more.
    private const int StackBits = 20;

    // Chosen, by trying, so that stacks that lie 1 to 10 MiB apart fall into different stripes; the golden ratio is bad at 8, which is Linux's step.
    private const ulong Scatter = 0xb67d_153d_399d_ab3d;

    private readonly int _stripe = (((variants + 1) * Reasons) + Pad - 1) / Pad * Pad;
    private long[]? _cells;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(FlagAnswer answer)
    {
        var cells = _cells ?? Make();
        var cell = (Stripe() * _stripe) + ((answer.Variant + 1) * Reasons) + (int)answer.Reason;
        Interlocked.Increment(ref cells[cell]);
    }

    /// <summary>Threads have stacks of their own: where this one's is costs less to find out than its number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Stripe()
    {
        byte here = 0;
        return StripeOf((ulong)Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref here));
    }

    /// <summary>The stripe of a thread whose stack is here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int StripeOf(ulong stack) => (int)((stack >> StackBits) * Scatter >> (64 - StripeBits));

    /// <summary>Takes out what was counted since the last time.</summary>
    public void Drain(Action<int, FlagReason, long> taken)
    {
        if (_cells is not { } cells)
            return;
        for (var cell = 0; cell < (variants + 1) * Reasons; cell++)
        {
            long sum = 0;
            for (var at = cell; at < cells.Length; at += _stripe)
            {
                if (Volatile.Read(ref cells[at]) != 0)
                    sum += Interlocked.Exchange(ref cells[at], 0);
            }

            if (sum > 0)
                taken((cell / Reasons) - 1, (FlagReason)(cell % Reasons), sum);
        }
    }

    // Most flags of a large set are never asked for by one process.
    private long[] Make()
    {
        Interlocked.CompareExchange(ref _cells, new long[Stripes * _stripe], null);
        return _cells!;
    }
}
