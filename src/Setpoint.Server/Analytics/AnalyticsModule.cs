using Setpoint.Server.Flags;
using Setpoint.Server.Process;
using Setpoint.Storage;
using Setpoint.Storage.Sqlite;

namespace Setpoint.Server.Analytics;

/// <summary>How flags are used, and what experiments have shown.</summary>
internal static class AnalyticsModule
{
    public static IServiceCollection AddAnalytics(this IServiceCollection services)
    {
        services.AddSingleton<IUsageStore>(provider => SqliteLedger.CreateUsage(
            new SqliteOptions(provider.GetRequiredService<ServerSettings>().DataFolder, provider.GetRequiredService<TimeProvider>())));
        services.AddSingleton<AnalyticsMetrics>();
        services.AddSingleton<UsageBuffer>();
        services.AddSingleton<SeenReports>();
        services.AddSingleton<UsageCollector>();
        services.AddHostedService(provider => provider.GetRequiredService<UsageCollector>());
        services.AddSingleton<RunningExperiments>();
        services.AddSingleton<ExposuresEndpoint>();
        services.AddSingleton<AnalyticsEndpoint>();
        services.AddSingleton<StaleReports>();
        services.AddSingleton<StaleLookup>(provider => provider.GetRequiredService<StaleReports>().FindAsync);
        services.AddSingleton<EventsEndpoint>();
        services.AddSingleton<ExperimentEndpoints>();
        return services;
    }

    public static void MapAnalytics(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        routes.MapPost("/api/features/exposures", (RequestDelegate)services.GetRequiredService<ExposuresEndpoint>().HandleAsync);
        routes.MapGet("/api/features/{key}/analytics", (RequestDelegate)services.GetRequiredService<AnalyticsEndpoint>().HandleAsync);
        routes.MapPost("/api/metrics/events", (RequestDelegate)services.GetRequiredService<EventsEndpoint>().HandleAsync);
        var experiments = services.GetRequiredService<ExperimentEndpoints>();
        routes.MapGet("/api/experiments", (RequestDelegate)experiments.ListAsync);
        routes.MapGet("/api/experiments/{key}", (RequestDelegate)experiments.GetAsync);
    }
}
