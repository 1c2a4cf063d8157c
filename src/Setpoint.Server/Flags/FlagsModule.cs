using Setpoint.Server.Http;

namespace Setpoint.Server.Flags;

/// <summary>Feature flags: writing and reading them, evaluating them, and giving them to processes that evaluate for themselves.</summary>
internal static class FlagsModule
{
    public static IServiceCollection AddFlags(this IServiceCollection services)
    {
        services.AddSingleton<FlagMetrics>();
        services.AddSingleton<FlagBoard>();
        services.AddSingleton<ListEndpoint>();
        services.AddSingleton<FlagEndpoints>();
        services.AddSingleton<EvaluateEndpoint>();
        services.AddSingleton<TransferEndpoints>();
        services.AddSingleton<DefinitionsEndpoint>();
        services.AddHostedService<FlagWarmer>();
        return services;
    }

    public static void MapFlags(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var one = services.GetRequiredService<FlagEndpoints>();
        routes.MapGet("/api/features", Handler(services.GetRequiredService<ListEndpoint>().HandleAsync));
        routes.MapPost("/api/features", Handler(one.PostAsync));
        routes.MapGet("/api/features/{key}", Handler(one.GetAsync));
        routes.MapPut("/api/features/{key}", Handler(one.PutAsync));
        routes.MapPatch("/api/features/{key}", Handler(one.PatchAsync));
        routes.MapDelete("/api/features/{key}", Handler(one.DeleteAsync));
        var evaluate = services.GetRequiredService<EvaluateEndpoint>();
        routes.MapPost("/api/features/evaluate", Handler(evaluate.EvaluateAsync)).Reading();
        routes.MapPost("/api/features/{key}/explain", Handler(evaluate.ExplainAsync)).Reading();
        var transfer = services.GetRequiredService<TransferEndpoints>();
        routes.MapPost("/api/features/import", Handler(transfer.ImportAsync));
        routes.MapGet("/api/features/export", Handler(transfer.ExportAsync));
        // Beside the flags and not among them: no key takes this place.
        routes.MapGet("/api/flags/definitions", Handler(services.GetRequiredService<DefinitionsEndpoint>().HandleAsync));
    }

    private static RequestDelegate Handler(RequestDelegate handler) => handler;
}
