using System.Net;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Http;

public sealed class AccessTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("wrong-key-wrong-key")]
    public async Task Without_a_valid_key_every_route_is_refused_and_tells_nothing(string? key)
    {
        using var client = _server.NewClient(key);
        foreach (var path in new[] { "/api/config", "/api/config/nobody", "/api/commits", "/api/backup", "/no/such/route" })
        {
            using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
            text.ShouldContain("Unauthenticated");
            text.ShouldNotContain("wrong-key");
            text.ShouldNotContain("nobody");
        }
    }

    [Fact]
    public async Task The_key_may_come_in_either_header()
    {
        using var client = _server.NewClient(null);
        client.DefaultRequestHeaders.Add("X-API-Key", RunningServer.AdminKey);

        using var response = await client.GetAsync("/api/config", TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_unknown_route_and_a_wrong_method_are_problem_documents()
    {
        var route = await _server.GetAsync("/api/nothing");
        var method = await _server.PostAsync("/api/config", "{}");

        route.Status.ShouldBe(HttpStatusCode.NotFound);
        route.Code.ShouldBe("NotFound");
        method.Status.ShouldBe(HttpStatusCode.MethodNotAllowed);
        method.Message.Content.Headers.Allow.ShouldContain("GET");
    }
}
