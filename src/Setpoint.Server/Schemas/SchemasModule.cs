namespace Setpoint.Server.Schemas;

/// <summary>What the configuration of a namespace has to look like.</summary>
internal static class SchemasModule
{
    public static IServiceCollection AddSchemas(this IServiceCollection services) => services
        .AddSingleton<SchemaEndpoints>()
        .AddSingleton<SchemaVersionsEndpoint>();

    public static void MapSchemas(this IEndpointRouteBuilder routes)
    {
        var endpoints = routes.ServiceProvider.GetRequiredService<SchemaEndpoints>();
        var versions = routes.ServiceProvider.GetRequiredService<SchemaVersionsEndpoint>();
        routes.MapGet("/api/schemas", (RequestDelegate)endpoints.ListAsync);
        routes.MapGet("/api/schemas/{ns}", (RequestDelegate)endpoints.GetAsync);
        routes.MapPut("/api/schemas/{ns}", (RequestDelegate)endpoints.PutAsync);
        routes.MapDelete("/api/schemas/{ns}", (RequestDelegate)endpoints.DeleteAsync);
        routes.MapGet("/api/schemas/{ns}/versions", (RequestDelegate)versions.HandleAsync);
        routes.MapPost("/api/schemas/validate", (RequestDelegate)SchemaValidateEndpoint.HandleAsync);
    }
}
