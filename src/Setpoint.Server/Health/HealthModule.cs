namespace Setpoint.Server.Health;

/// <summary>Whether this server lives, and whether it can serve.</summary>
internal static class HealthModule
{
    public static IServiceCollection AddHealth(this IServiceCollection services) => services;

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
    }
}
