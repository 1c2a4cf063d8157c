using Setpoint.Bench.Load;

namespace Setpoint.Bench.Harness;

/// <summary>Percentiles of several rounds of one work; the table shows medians over the rounds.</summary>
internal sealed class Latencies
{
    public Samples P50 { get; } = new();

    public Samples P99 { get; } = new();

    public Samples P999 { get; } = new();

    public Samples Max { get; } = new();

    public Samples PerSecond { get; } = new();

    public void Add(LoadResult result)
    {
        P50.Add(result.Latency.Milliseconds(50));
        P99.Add(result.Latency.Milliseconds(99));
        P999.Add(result.Latency.Milliseconds(99.9));
        Max.Add(result.Latency.MaxNanoseconds / 1e6);
        PerSecond.Add(result.PerSecond);
    }

    /// <summary>Name, p50, p99, p99.9, max.</summary>
    public string[] Row(string name) => [name, P50.TextAndRange("0.00"), P99.TextAndRange("0.00"), P999.TextAndRange("0.00"), Max.TextAndRange("0.0")];
}
