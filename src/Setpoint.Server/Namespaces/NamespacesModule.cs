namespace Setpoint.Server.Namespaces;

/// <summary>Services, plugins and shared libraries of settings.</summary>
internal static class NamespacesModule
{
    public static IServiceCollection AddNamespaces(this IServiceCollection services) => services.AddSingleton<NamespaceEndpoints>();

    public static void MapNamespaces(this IEndpointRouteBuilder routes)
    {
        var endpoints = routes.ServiceProvider.GetRequiredService<NamespaceEndpoints>();
        routes.MapGet("/api/namespaces", (RequestDelegate)endpoints.ListAsync);
        routes.MapGet("/api/namespaces/{name}", (RequestDelegate)endpoints.GetAsync);
        routes.MapPut("/api/namespaces/{name}", (RequestDelegate)endpoints.PutAsync);
        routes.MapDelete("/api/namespaces/{name}", (RequestDelegate)endpoints.DeleteAsync);
    }
}
