using Setpoint.Core.Json;
using Setpoint.Server.Sources;

namespace Setpoint.Server.Health;

/// <summary>Followed folders. A broken file changes nothing, so the server serves; but what its owner saved is not in effect.</summary>
internal sealed class SourcesHealth(FollowedSources sources) : IHealthSource
{
    public string Component => "sources";

    public ValueTask<ComponentHealth> CheckAsync(CancellationToken cancellationToken)
    {
        var reports = sources.Reports;
        return ValueTask.FromResult(new ComponentHealth(
            reports.Any(report => report.IsBroken) ? HealthStatus.Degraded : HealthStatus.Ok,
            new JsonArray([.. reports.Select(report => (JsonValue)report.ToJson())])));
    }
}
