using System.Diagnostics.Metrics;
using Setpoint.Server.Process;

namespace Setpoint.Server.Analytics;

/// <summary>Figures about the collecting itself. Safe for concurrent use.</summary>
internal sealed class AnalyticsMetrics
{
    private readonly Counter<long> _reports;
    private readonly Counter<long> _evaluations;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _sketchesDropped;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _observations;

    public AnalyticsMetrics(ServerMeter meter)
    {
        _reports = meter.Counter("setpoint.analytics.reports", "{report}", "Reports of evaluations that processes sent.");
        _evaluations = meter.Counter("setpoint.analytics.evaluations", "{evaluation}", "Evaluations that those reports speak for.");
        _dropped = meter.Counter("setpoint.analytics.dropped", "{evaluation}", "Evaluations that found no room while the store took nothing.");
        _sketchesDropped = meter.Counter("setpoint.analytics.sketches_dropped", "{sketch}", "Sketches of keys that found no room.");
        _failures = meter.Counter("setpoint.analytics.flush_failures", "{flush}", "Flushes that the store did not take.");
        _observations = meter.Counter("setpoint.analytics.observations", "{observation}", "Exposures and values of experiments that came in.");
    }

    public void Reported(long evaluations)
    {
        _reports.Add(1);
        _evaluations.Add(evaluations);
    }

    public void Dropped(long evaluations) => _dropped.Add(evaluations);

    public void SketchesDropped(long sketches) => _sketchesDropped.Add(sketches);

    public void FlushFailed() => _failures.Add(1);

    public void Observed(int observations) => _observations.Add(observations);
}
