namespace Setpoint.Server.Configs;

/// <summary>Configurations: reading them as they are effective, writing their layers, and their past.</summary>
internal static class ConfigsModule
{
    public static IServiceCollection AddConfigs(this IServiceCollection services) => services
        .AddSingleton<ConfigMetrics>()
        .AddSingleton<ViewCache>()
        .AddSingleton<TimeTravel>()
        .AddSingleton<LayerWriter>()
        .AddSingleton<ConfigListEndpoint>()
        .AddSingleton<ReadEndpoint>()
        .AddSingleton<WriteEndpoints>()
        .AddSingleton<KeyEndpoints>()
        .AddSingleton<HistoryEndpoints>()
        .AddSingleton<RollbackEndpoint>();

    public static void MapConfigs(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var read = services.GetRequiredService<ReadEndpoint>();
        var write = services.GetRequiredService<WriteEndpoints>();
        var keys = services.GetRequiredService<KeyEndpoints>();
        var history = services.GetRequiredService<HistoryEndpoints>();

        routes.MapGet("/api/config", Handler(services.GetRequiredService<ConfigListEndpoint>().HandleAsync));
        routes.MapGet("/api/config/{ns}", Handler(read.HandleAsync));
        routes.MapPut("/api/config/{ns}", Handler(write.PutAsync));
        routes.MapPatch("/api/config/{ns}", Handler(write.PatchAsync));
        routes.MapDelete("/api/config/{ns}", Handler(write.DeleteAsync));
        routes.MapPost("/api/config/{ns}/validate", Handler(write.ValidateAsync));
        routes.MapGet("/api/config/{ns}/keys/{**key}", Handler(keys.GetAsync));
        routes.MapPut("/api/config/{ns}/keys/{**key}", Handler(keys.PutAsync));
        routes.MapDelete("/api/config/{ns}/keys/{**key}", Handler(keys.DeleteAsync));
        routes.MapGet("/api/config/{ns}/history", Handler(history.HistoryAsync));
        routes.MapGet("/api/config/{ns}/diff", Handler(history.DiffAsync));
        routes.MapPost("/api/config/{ns}/rollback", Handler(services.GetRequiredService<RollbackEndpoint>().HandleAsync));
    }

    private static RequestDelegate Handler(RequestDelegate handler) => handler;
}
