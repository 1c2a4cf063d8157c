using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Setpoint.Server.Delivery;

internal static class DeliveryModule
{
    public static IServiceCollection AddDelivery(this IServiceCollection services) => services.AddSingleton<ReloadBroadcast>();

    public static void MapDelivery(this IEndpointRouteBuilder routes)
    {
    }
}

internal sealed class ReloadBroadcast
{
    public int Publish(string ns, string? environment, long revision) => 0;
}
