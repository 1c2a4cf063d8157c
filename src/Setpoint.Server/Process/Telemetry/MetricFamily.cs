using System.Diagnostics.Metrics;

namespace Setpoint.Server.Process.Telemetry;

/// <summary>One instrument and its series, one for each set of tags. Safe for concurrent use; finding a known series takes no lock.</summary>
internal sealed class MetricFamily
{
    // Tags of this server are small enumerations. A family that grows past this has a bug, and the bug must not eat the memory.
    private const int SeriesMax = 512;

    private static readonly KeyValuePair<string, object?>[] OverflowTags = [new("overflow", "true")];

    private readonly Func<MetricCell> _newCell;
    private readonly Lock _adding = new();
    private MetricSeries[] _series = [];

    private MetricFamily(Instrument instrument, MetricType type, Func<MetricCell> newCell)
    {
        Instrument = instrument;
        Type = type;
        _newCell = newCell;
    }

    public Instrument Instrument { get; }

    public MetricType Type { get; }

    public ReadOnlySpan<MetricSeries> Series => Volatile.Read(ref _series);

    public static MetricFamily Of(Instrument instrument) => instrument switch
    {
        Counter<long> or Counter<int> => new(instrument, MetricType.Counter, static () => new CountCell()),
        Histogram<double> histogram => Histogram(instrument, histogram.Advice?.HistogramBucketBoundaries),
        Histogram<int> histogram => Histogram(instrument, histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound)),
        Histogram<long> histogram => Histogram(instrument, histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound)),
        ObservableCounter<long> or ObservableCounter<double> => new(instrument, MetricType.Counter, static () => new GaugeCell()),
        ObservableGauge<long> or ObservableGauge<int> or ObservableGauge<double> => new(instrument, MetricType.Gauge, static () => new GaugeCell()),
        _ => throw new NotSupportedException($"{instrument.Name} is a {instrument.GetType().Name}, which /metrics does not show yet; teach it to MetricFamily."),
    };

    /// <summary>The cell of these tags, made on first use.</summary>
    public MetricCell Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var series in Volatile.Read(ref _series))
        {
            if (series.Has(tags))
                return series.Cell;
        }

        return Add(tags);
    }

    /// <summary>Before an instrument is observed anew: a series that it no longer reports is gone.</summary>
    public void ForgetObserved()
    {
        if (!Instrument.IsObservable)
            return;
        foreach (var series in Series)
            (series.Cell as GaugeCell)?.Forget();
    }

    private MetricCell Add(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_adding)
        {
            foreach (var series in _series)
            {
                if (series.Has(tags))
                    return series.Cell;
            }

            if (_series.Length >= SeriesMax && !tags.SequenceEqual(OverflowTags))
                return Find(OverflowTags);
            var added = new MetricSeries(tags.ToArray(), _newCell());
            Volatile.Write(ref _series, [.. _series, added]);
            return added.Cell;
        }
    }

    private static MetricFamily Histogram(Instrument instrument, IEnumerable<double>? bounds)
    {
        double[] chosen = [.. bounds ?? ServerMeter.Seconds];
        return new(instrument, MetricType.Histogram, () => new HistogramCell(chosen));
    }
}

/// <summary>What a family's figures mean.</summary>
internal enum MetricType
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>One set of tags and its figure.</summary>
internal sealed class MetricSeries(KeyValuePair<string, object?>[] tags, MetricCell cell)
{
    public ReadOnlySpan<KeyValuePair<string, object?>> Tags => tags;

    public MetricCell Cell { get; } = cell;

    public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> other)
    {
        if (other.Length != tags.Length)
            return false;
        for (var i = 0; i < tags.Length; i++)
        {
            // Names and values are mostly the same objects each time.
            if (!(ReferenceEquals(tags[i].Key, other[i].Key) || tags[i].Key == other[i].Key))
                return false;
            if (!(ReferenceEquals(tags[i].Value, other[i].Value) || Equals(tags[i].Value, other[i].Value)))
                return false;
        }

        return true;
    }
}
