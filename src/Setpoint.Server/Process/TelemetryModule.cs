namespace Setpoint.Server.Process;

/// <summary>Figures and traces of this server, for those who watch it.</summary>
internal static class TelemetryModule
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton<ServerMeter>();
        return services;
    }

    public static void MapTelemetry(this IEndpointRouteBuilder routes)
    {
    }
}
