using Setpoint.Core.Json;

namespace Setpoint.Server.Health;

/// <summary>A part of this server that can be well or not. A module registers one for each part it owns; <c>/health</c> shows them all.</summary>
internal interface IHealthSource
{
    /// <summary>The name of the component in the answer.</summary>
    string Component { get; }

    /// <summary>How it is now. Answers within a second, or counts as degraded.</summary>
    ValueTask<ComponentHealth> CheckAsync(CancellationToken cancellationToken);
}

/// <summary>How a part of this server is.</summary>
/// <param name="Status">What it means for callers.</param>
/// <param name="Details">For the operator. Never a value of any configuration.</param>
internal sealed record ComponentHealth(HealthStatus Status, JsonValue Details);

/// <summary>Ordered: the worst of all components is the server's.</summary>
internal enum HealthStatus
{
    /// <summary>Everything works.</summary>
    Ok,

    /// <summary>Requests are served, but something needs a person: writes are refused, or a followed file is broken.</summary>
    Degraded,

    /// <summary>Requests should go to another server.</summary>
    Unavailable,
}
