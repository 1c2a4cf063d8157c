using System.Numerics;

namespace Setpoint.Bench.Harness;

/// <summary>
/// Counts latencies in buckets of less than 1 % width, from nanoseconds to minutes, in constant memory: 128 linear steps in each
/// power of two. Not thread-safe.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 7;
    private const int Steps = 1 << StepBits;
    private readonly long[] _counts = new long[(64 - StepBits) * Steps];

    public long Count { get; private set; }

    public long MaxNanoseconds { get; private set; }

    public void Record(long nanoseconds)
    {
        nanoseconds = Math.Max(nanoseconds, 0);
        _counts[BucketOf(nanoseconds)]++;
        Count++;
        MaxNanoseconds = Math.Max(MaxNanoseconds, nanoseconds);
    }

    /// <summary>Milliseconds that this share of the latencies does not pass; the upper edge of its bucket.</summary>
    public double Milliseconds(double percent)
    {
        if (Count == 0)
            return double.NaN;
        var rank = Math.Max(1, (long)Math.Ceiling(percent / 100 * Count));
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            rank -= _counts[bucket];
            if (rank <= 0)
                return Math.Min(UpperEdge(bucket), MaxNanoseconds) / 1e6;
        }

        return MaxNanoseconds / 1e6;
    }

    private static int BucketOf(long value)
    {
        if (value < Steps)
            return (int)value;
        var shift = BitOperations.Log2((ulong)value) - StepBits;
        return ((shift + 1) << StepBits) + (int)((value >> shift) - Steps);
    }

    private static long UpperEdge(int bucket)
    {
        if (bucket < Steps)
            return bucket;
        var shift = (bucket >> StepBits) - 1;
        return ((long)((bucket & (Steps - 1)) + Steps + 1) << shift) - 1;
    }
}
