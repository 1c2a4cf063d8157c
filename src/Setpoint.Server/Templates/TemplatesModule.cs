namespace Setpoint.Server.Templates;

/// <summary>What new namespaces are made from.</summary>
internal static class TemplatesModule
{
    public static IServiceCollection AddTemplates(this IServiceCollection services) => services
        .AddSingleton<TemplateEndpoints>()
        .AddSingleton<InstantiateEndpoint>();

    public static void MapTemplates(this IEndpointRouteBuilder routes)
    {
        var endpoints = routes.ServiceProvider.GetRequiredService<TemplateEndpoints>();
        var instantiate = routes.ServiceProvider.GetRequiredService<InstantiateEndpoint>();
        routes.MapGet("/api/templates", (RequestDelegate)endpoints.ListAsync);
        routes.MapGet("/api/templates/{name}", (RequestDelegate)endpoints.GetAsync);
        routes.MapPut("/api/templates/{name}", (RequestDelegate)endpoints.PutAsync);
        routes.MapDelete("/api/templates/{name}", (RequestDelegate)endpoints.DeleteAsync);
        routes.MapPost("/api/config/{ns}", (RequestDelegate)instantiate.HandleAsync);
    }
}
