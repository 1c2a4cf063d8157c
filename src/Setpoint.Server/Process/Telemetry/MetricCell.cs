using System.Numerics;
using System.Runtime.InteropServices;

namespace Setpoint.Server.Process.Telemetry;

/// <summary>The figure of one series. Recording is on the path of every request: it takes no lock and allocates nothing.</summary>
internal abstract class MetricCell
{
    public abstract void Record(long value);

    public abstract void Record(double value);
}

/// <summary>A sum that only grows. Each core adds to a place of its own, so that cores do not fight over one line of memory.</summary>
internal sealed class CountCell : MetricCell
{
    private readonly Stripe[] _stripes = new Stripe[Stripes.Count];

    public long Total
    {
        get
        {
            var total = 0L;
            foreach (ref var stripe in _stripes.AsSpan())
                total += Volatile.Read(ref stripe.Sum);
            return total;
        }
    }

    public override void Record(long value) => Interlocked.Add(ref _stripes[Stripes.Here].Sum, value);

    public override void Record(double value) => throw new NotSupportedException("Counters of this server count whole things.");

    // Two lines of memory: the processor fetches them in pairs.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Stripe
    {
        [FieldOffset(64)]
        public long Sum;
    }
}

/// <summary>The last value that was said; nothing until one was.</summary>
internal sealed class GaugeCell : MetricCell
{
    private double _value = double.NaN;

    public double? Value => Volatile.Read(ref _value) is var value && double.IsNaN(value) ? null : value;

    public void Forget() => Volatile.Write(ref _value, double.NaN);

    public override void Record(long value) => Record((double)value);

    public override void Record(double value) => Volatile.Write(ref _value, value);
}

/// <summary>Counts by size. Striped as a counter is.</summary>
internal sealed class HistogramCell : MetricCell
{
    private readonly double[] _bounds;
    private readonly Stripe[] _stripes;

    /// <param name="bounds">Ascending; a value equal to a bound lies below it.</param>
    public HistogramCell(double[] bounds)
    {
        _bounds = bounds;
        _stripes = new Stripe[Stripes.Count];
        for (var i = 0; i < _stripes.Length; i++)
            _stripes[i] = new Stripe(bounds.Length + 1);
    }

    public ReadOnlySpan<double> Bounds => _bounds;

    public double Sum => _stripes.Sum(stripe => Volatile.Read(ref stripe.Sum));

    /// <summary>How many lay in each bucket; the last holds those above all bounds.</summary>
    public long[] Counts()
    {
        var counts = new long[_bounds.Length + 1];
        foreach (var stripe in _stripes)
        {
            for (var i = 0; i < counts.Length; i++)
                counts[i] += Volatile.Read(ref stripe.Counts[i]);
        }

        return counts;
    }

    public override void Record(long value) => Record((double)value);

    public override void Record(double value)
    {
        var bucket = 0;
        while (bucket < _bounds.Length && value > _bounds[bucket])
            bucket++;
        var stripe = _stripes[Stripes.Here];
        Interlocked.Increment(ref stripe.Counts[bucket]);
        double sum;
        do
        {
            sum = Volatile.Read(ref stripe.Sum);
        }
        while (BitConverter.DoubleToInt64Bits(Interlocked.CompareExchange(ref stripe.Sum, sum + value, sum)) != BitConverter.DoubleToInt64Bits(sum));
    }

    private sealed class Stripe(int buckets)
    {
        public readonly long[] Counts = new long[buckets];
        public double Sum;
    }
}

/// <summary>Which stripe belongs to the core that runs now. A thread that moves meanwhile is only slower, never wrong.</summary>
internal static class Stripes
{
    public static readonly int Count = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, 32));

    public static int Here => Thread.GetCurrentProcessorId() & (Count - 1);
}
