using System.Diagnostics.Metrics;
using Setpoint.Server.Process.Telemetry;

namespace Setpoint.Server.Process;

/// <summary>The one meter of this server. Its instruments are exported at <c>/metrics</c> and, where set up, by OTLP.</summary>
internal sealed class ServerMeter : IDisposable
{
    public const string Name = "Setpoint";

    /// <summary>Bounds of histograms of durations, in seconds: from a cached answer to a stalled disk.</summary>
    public static readonly double[] Seconds =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Meter _meter = new(Name, ServerVersion.Number);

    // Listens from before the first instrument is made, so that nothing is missed.
    public ServerMeter() => Board = new MetricBoard(_meter);

    /// <summary>What the instruments have said so far.</summary>
    public MetricBoard Board { get; }

    public Counter<long> Counter(string name, string unit, string description) => _meter.CreateCounter<long>(name, unit, description);

    public Histogram<T> Histogram<T>(string name, string unit, string description, IReadOnlyList<T> bounds) where T : struct =>
        _meter.CreateHistogram(name, unit, description, tags: null, new InstrumentAdvice<T> { HistogramBucketBoundaries = bounds });

    public ObservableGauge<long> Gauge(string name, string unit, string description, Func<long> observe) =>
        _meter.CreateObservableGauge(name, observe, unit, description);

    /// <summary>A gauge with a value for each of some tags.</summary>
    public ObservableGauge<long> Gauge(string name, string unit, string description, Func<IEnumerable<Measurement<long>>> observe) =>
        _meter.CreateObservableGauge(name, observe, unit, description);

    public void Dispose()
    {
        Board.Dispose();
        _meter.Dispose();
    }
}
