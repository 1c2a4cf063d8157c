using Setpoint.Server.Access;

namespace Setpoint.Server.OpenApi;

/// <summary>The description of the API, for programs and for people.</summary>
internal static class OpenApiModule
{
    public static IServiceCollection AddOpenApi(this IServiceCollection services) => services
        .AddSingleton<OpenApiDocument>()
        .AddSingleton<DocsPage>();

    public static void MapOpenApi(this IEndpointRouteBuilder routes)
    {
        var document = routes.ServiceProvider.GetRequiredService<OpenApiDocument>();
        var page = routes.ServiceProvider.GetRequiredService<DocsPage>();
        routes.MapGet("/openapi/v1.json", (RequestDelegate)document.HandleAsync).Open();
        routes.MapGet("/docs/{**path}", (RequestDelegate)page.HandleAsync).Open();
    }
}
