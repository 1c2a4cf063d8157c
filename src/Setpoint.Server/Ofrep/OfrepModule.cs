using Setpoint.Server.Access;
using Setpoint.Server.Http;

namespace Setpoint.Server.Ofrep;

/// <summary>The OpenFeature Remote Evaluation Protocol 0.3, so that every OpenFeature SDK is a client.</summary>
internal static class OfrepModule
{
    public static IServiceCollection AddOfrep(this IServiceCollection services)
    {
        services.AddSingleton<StreamTokens>();
        services.AddHostedService(provider => provider.GetRequiredService<StreamTokens>());
        services.AddSingleton<OfrepEndpoints>();
        services.AddSingleton<OfrepStreamEndpoint>();
        return services;
    }

    public static void MapOfrep(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var endpoints = services.GetRequiredService<OfrepEndpoints>();
        routes.MapGet(StreamTokens.Path, Handler(services.GetRequiredService<OfrepStreamEndpoint>().HandleAsync)).Open().WithMetadata(new FaultShape(OfrepError.Shape));
        foreach (var place in (ReadOnlySpan<string>)["", "/in/{namespace}/{environment}"])
        {
            Map(routes.MapPost(place + "/ofrep/v1/evaluate/flags", Handler(endpoints.BulkAsync)));
            // Providers put the key into the path as it is, slashes and all.
            Map(routes.MapPost(place + "/ofrep/v1/evaluate/flags/{**key}", Handler(endpoints.OneAsync)));
        }
    }

    private static void Map(IEndpointConventionBuilder route) => route.Reading().WithMetadata(new FaultShape(OfrepError.Shape));

    private static RequestDelegate Handler(RequestDelegate handler) => handler;
}
