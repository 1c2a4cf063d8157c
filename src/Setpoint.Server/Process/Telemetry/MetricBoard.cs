using System.Collections.Immutable;
using System.Diagnostics.Metrics;

namespace Setpoint.Server.Process.Telemetry;

/// <summary>Keeps the figures of one meter, for whoever asks for them. Safe for concurrent use.</summary>
internal sealed class MetricBoard : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _observing = new();
    private ImmutableList<MetricFamily> _families = [];

    /// <param name="meter">By reference: another server in the same process has a meter of the same name.</param>
    public MetricBoard(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter, meter))
                return;
            var family = MetricFamily.Of(instrument);
            ImmutableInterlocked.Update(ref _families, static (all, added) => all.Add(added), family);
            listener.EnableMeasurementEvents(instrument, family);
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => ((MetricFamily)family!).Find(tags).Record(value));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, family) => ((MetricFamily)family!).Find(tags).Record((long)value));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => ((MetricFamily)family!).Find(tags).Record(value));
        _listener.Start();
    }

    /// <summary>All families by name, after a fresh look at what is observed.</summary>
    public IReadOnlyList<MetricFamily> Observe()
    {
        lock (_observing)
        {
            foreach (var family in _families)
                family.ForgetObserved();
            _listener.RecordObservableInstruments();
            return [.. _families.OrderBy(family => family.Instrument.Name, StringComparer.Ordinal)];
        }
    }

    public void Dispose() => _listener.Dispose();
}
