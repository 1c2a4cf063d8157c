using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Setpoint.Server.Http;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Http;

public sealed class ReadingRouteTests
{
    [Fact]
    public async Task Only_routes_that_ask_about_flags_are_left_untraced()
    {
        await using var server = await RunningServer.StartAsync();

        var marked = server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<ReadingRoute>() is not null)
            .Select(endpoint => $"{string.Join(',', endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)} {endpoint.RoutePattern.RawText}");

        marked.ShouldBe(
        [
            "POST /api/features/evaluate",
            "POST /api/features/{key}/explain",
            "POST /ofrep/v1/evaluate/flags",
            "POST /ofrep/v1/evaluate/flags/{**key}",
            "POST /in/{namespace}/{environment}/ofrep/v1/evaluate/flags",
            "POST /in/{namespace}/{environment}/ofrep/v1/evaluate/flags/{**key}",
        ], ignoreOrder: true);
    }
}
