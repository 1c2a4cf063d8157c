namespace Setpoint.Server.Environments;

/// <summary>The tree of environments.</summary>
internal static class EnvironmentsModule
{
    public static IServiceCollection AddEnvironments(this IServiceCollection services) => services.AddSingleton<EnvironmentEndpoints>();

    public static void MapEnvironments(this IEndpointRouteBuilder routes)
    {
        var endpoints = routes.ServiceProvider.GetRequiredService<EnvironmentEndpoints>();
        routes.MapGet("/api/environments", (RequestDelegate)endpoints.ListAsync);
        routes.MapPost("/api/environments", (RequestDelegate)endpoints.PostAsync);
        routes.MapGet("/api/environments/{name}", (RequestDelegate)endpoints.GetAsync);
        routes.MapPut("/api/environments/{name}", (RequestDelegate)endpoints.PutAsync);
        routes.MapDelete("/api/environments/{name}", (RequestDelegate)endpoints.DeleteAsync);
    }
}
