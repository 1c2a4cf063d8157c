using Setpoint.Core.Json;
using Setpoint.Server.Health;

namespace Setpoint.Server.Sources;

/// <summary>What is followed, and which of its files are not in effect. The last good of those is, so the server serves.</summary>
internal sealed class SourcesHealth(FollowedSources sources) : IHealthSource
{
    public string Component => "sources";

    public ValueTask<ComponentHealth> CheckAsync(CancellationToken cancellationToken)
    {
        var reports = sources.Reports;
        var status = reports.Any(report => report.IsBroken) ? HealthStatus.Degraded : HealthStatus.Ok;
        return ValueTask.FromResult(new ComponentHealth(status, new JsonArray([.. reports.Select(report => (JsonValue)report.ToJson())])));
    }
}
