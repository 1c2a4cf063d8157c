namespace Setpoint.Server.Flags;

/// <summary>Feature flags: writing and reading them, evaluating them, and giving them to processes that evaluate for themselves.</summary>
internal static class FlagsModule
{
    public static IServiceCollection AddFlags(this IServiceCollection services)
    {
        services.AddSingleton<FlagBoard>();
        services.AddSingleton<DefinitionsEndpoint>();
        services.AddHostedService<FlagWarmer>();
        return services;
    }

    public static void MapFlags(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        RequestDelegate definitions = services.GetRequiredService<DefinitionsEndpoint>().HandleAsync;
        routes.MapGet("/api/features/definitions", definitions);
    }
}
