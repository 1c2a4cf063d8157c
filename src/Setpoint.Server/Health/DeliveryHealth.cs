using Setpoint.Core.Json;
using Setpoint.Server.Delivery;

namespace Setpoint.Server.Health;

/// <summary>How many follow this server.</summary>
internal sealed class DeliveryHealth(DeliveryMetrics metrics) : IHealthSource
{
    public string Component => "delivery";

    public ValueTask<ComponentHealth> CheckAsync(CancellationToken cancellationToken)
    {
        var subscribers = new JsonObjectBuilder(2);
        foreach (var transport in Enum.GetValues<Transport>())
            subscribers.Add(DeliveryMetrics.NameOf(transport), metrics.Subscribers(transport));
        return ValueTask.FromResult(new ComponentHealth(HealthStatus.Ok, new JsonObjectBuilder(1).Add("subscribers", subscribers.Build()).Build()));
    }
}
