namespace Setpoint.Server.Services;

/// <summary>Services that introduce themselves, and what their configuration lacks.</summary>
internal static class ServicesModule
{
    public static IServiceCollection AddServices(this IServiceCollection services) => services
        .AddSingleton<ServiceReporter>()
        .AddSingleton<ServiceEndpoints>();

    public static void MapServices(this IEndpointRouteBuilder routes)
    {
        var endpoints = routes.ServiceProvider.GetRequiredService<ServiceEndpoints>();
        routes.MapGet("/api/services", (RequestDelegate)endpoints.ListAsync);
        routes.MapPost("/api/services/register", (RequestDelegate)endpoints.RegisterAsync);
        routes.MapGet("/api/services/{name}", (RequestDelegate)endpoints.GetAsync);
        routes.MapDelete("/api/services/{name}", (RequestDelegate)endpoints.DeleteAsync);
    }
}
