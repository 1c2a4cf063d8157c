using System.Diagnostics.Metrics;
using Setpoint.Server.Process;

namespace Setpoint.Server.Rollouts;

/// <summary>Figures about rollouts. Safe for concurrent use.</summary>
internal sealed class RolloutMetrics(ServerMeter meter)
{
    private readonly Counter<long> _dropped =
        meter.Counter("setpoint.rollouts.exposures_dropped", "{exposure}", "Exposures to arms of experiments that found no room while the store took nothing.");

    public void ExposureDropped() => _dropped.Add(1);
}
