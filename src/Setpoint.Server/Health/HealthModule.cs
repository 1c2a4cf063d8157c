using Setpoint.Server.Access;

namespace Setpoint.Server.Health;

/// <summary>Whether this server lives, and whether it can serve.</summary>
internal static class HealthModule
{
    public static IServiceCollection AddHealth(this IServiceCollection services) => services
        .AddSingleton<IHealthSource, LedgerHealth>()
        .AddSingleton<IHealthSource, StoreHealth>()
        .AddSingleton<IHealthSource, SourcesHealth>()
        .AddSingleton<IHealthSource, DeliveryHealth>()
        .AddSingleton<HealthEndpoints>();

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var endpoints = routes.ServiceProvider.GetRequiredService<HealthEndpoints>();
        routes.MapGet("/health", (RequestDelegate)endpoints.HealthAsync).Open();
        routes.MapGet("/health/live", (RequestDelegate)HealthEndpoints.LiveAsync).Open();
        routes.MapGet("/health/ready", (RequestDelegate)endpoints.ReadyAsync).Open();
    }
}
