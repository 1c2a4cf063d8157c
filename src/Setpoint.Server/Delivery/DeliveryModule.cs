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
    private int _told;
    public int Publish(string ns, string? environment, long revision) => _told++;
}
