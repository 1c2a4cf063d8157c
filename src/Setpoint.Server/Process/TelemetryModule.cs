using Setpoint.Server.Process.Telemetry;

namespace Setpoint.Server.Process;

/// <summary>Figures and traces of this server, for those who watch it.</summary>
internal static class TelemetryModule
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton<ServerMeter>();
        services.AddSingleton<MetricsEndpoint>();
        if (settings.OtlpEndpoint is null)
            return services;

        // Where nobody listens the SDK is not even loaded, and the host need not describe each request to its span: method, route, status.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", isEnabled: false);
        return services.AddHostedService<OtlpExport>();
    }

    /// <summary>Outside of everything else, so that the span ends with the answer as it was sent. Nothing where nobody listens.</summary>
    public static void UseTelemetry(this WebApplication app)
    {
        if (app.Services.GetRequiredService<ServerSettings>().OtlpEndpoint is not null)
            app.UseMiddleware<RequestSpan>();
    }

    public static void MapTelemetry(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", (RequestDelegate)routes.ServiceProvider.GetRequiredService<MetricsEndpoint>().HandleAsync);
}
