using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Setpoint.Server.Delivery;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Delivery;

public sealed class AuthenticationTests
{
    private const string Auth = $$"""{"type":"AUTH","token":"{{RunningServer.AdminKey}}"}""";

    [Fact]
    public async Task A_socket_without_a_key_authenticates_with_its_first_message()
    {
        await using var server = await RunningServer.StartAsync();
        await using var follower = await SocketFollower.ConnectAsync(server, key: null);

        await follower.SayAsync(Auth);

        (await follower.NextAsync())!.Text.ShouldBe("""{"type":"AUTHENTICATED"}""");
        await follower.SubscribeAsync("global");
        (await follower.NextAsync())!.Type.ShouldBe("SUBSCRIBED");
    }

    [Theory]
    [InlineData("""{"type":"SUBSCRIBE","serviceName":"global"}""")]
    [InlineData("""{"type":"PING"}""")]
    [InlineData("""{"type":"AUTH","token":"wrong"}""")]
    [InlineData("""{"type":"AUTH"}""")]
    [InlineData("not JSON")]
    public async Task A_socket_that_does_not_authenticate_first_is_told_and_closed_with_1008(string first)
    {
        await using var server = await RunningServer.StartAsync();
        await using var follower = await SocketFollower.ConnectAsync(server, key: null);

        await follower.SayAsync(first);

        (await follower.NextAsync())!.Type.ShouldBe("ERROR");
        (await follower.NextAsync()).ShouldBeNull();
        follower.Socket.CloseStatus.ShouldBe(WebSocketCloseStatus.PolicyViolation);
    }

    [Fact]
    public async Task A_socket_that_says_nothing_is_told_and_closed_in_time_and_one_with_a_key_is_not()
    {
        await using var server = await RunningServer.StartAsync();
        server.App.Services.GetRequiredService<DeliveryLimits>().AuthenticateWithin = TimeSpan.FromMilliseconds(300);
        await using var known = await SocketFollower.ConnectAsync(server);
        await using var late = await SocketFollower.ConnectAsync(server, key: null);

        var error = (await late.NextAsync())!;

        error.Code.ShouldBe("Unauthenticated");
        (await late.NextAsync()).ShouldBeNull();
        late.Socket.CloseStatus.ShouldBe(WebSocketCloseStatus.PolicyViolation);
        await known.HeardNothingAsync();
    }

    [Fact]
    public async Task A_wrong_key_in_a_header_is_refused_before_the_upgrade()
    {
        await using var server = await RunningServer.StartAsync();

        var refused = await Should.ThrowAsync<UpgradeRefusedException>(() => SocketFollower.ConnectAsync(server, key: "wrong"));

        refused.Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_wrong_AUTH_later_is_refused_and_the_socket_keeps_who_it_was()
    {
        await using var server = await RunningServer.StartAsync();
        await using var follower = await SocketFollower.ConnectAsync(server);

        await follower.SayAsync("""{"type":"AUTH","token":"wrong"}""");

        (await follower.NextAsync())!.Code.ShouldBe("Unauthenticated");
        await follower.SubscribeAsync("global");
        (await follower.NextAsync())!.Type.ShouldBe("SUBSCRIBED");
    }

    [Theory]
    [InlineData("https://evil.example", false, false)]
    [InlineData("null", false, false)]
    [InlineData("https://admin.example", false, true)]
    [InlineData("same", false, true)]
    [InlineData("https://evil.example", true, true)]
    public async Task A_page_may_open_a_socket_from_its_own_server_or_an_allowed_origin_unless_a_key_speaks_for_it(string origin, bool withKey, bool allowed)
    {
        await using var server = await RunningServer.StartAsync(settings => settings with { CorsOrigins = ["https://admin.example"] });
        var sent = origin == "same" ? server.Address.GetLeftPart(UriPartial.Authority) : origin;

        var connect = () => SocketFollower.ConnectAsync(server, withKey ? RunningServer.AdminKey : null, sent);

        if (allowed)
        {
            await using var follower = await connect();
            await follower.SayAsync(Auth);
            (await follower.NextAsync())!.Type.ShouldBe("AUTHENTICATED");
        }
        else
        {
            (await Should.ThrowAsync<UpgradeRefusedException>(connect)).Status.ShouldBe(HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task The_socket_port_serves_sockets_at_both_paths_and_nothing_else()
    {
        await using var server = await RunningServer.StartAsync(settings => settings with { WebSocketPort = 0 });
        var port = new Uri(server.App.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Last());

        foreach (var path in new[] { "/", "/ws" })
        {
            await using var follower = await SocketFollower.ConnectAsync(server, uri: new UriBuilder(new Uri(port, path)) { Scheme = "ws" }.Uri);
            await follower.HeardNothingAsync();
        }

        var read = await server.Http.GetAsync(new Uri(port, "/api/config/global"), TestContext.Current.CancellationToken);
        read.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await read.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldNotContain("config\":");
        (await server.GetAsync("/api/config/global")).Status.ShouldBe(HttpStatusCode.OK);
        await Should.ThrowAsync<UpgradeRefusedException>(() => SocketFollower.ConnectAsync(server, uri: SocketFollower.UriOf(server, "/")));
    }

    [Fact]
    public async Task A_stream_needs_a_key_like_any_other_route_and_a_plain_GET_of_the_socket_is_explained()
    {
        await using var server = await RunningServer.StartAsync();
        using var nobody = server.NewClient(null);

        (await nobody.GetAsync("/api/stream?service=global", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var plain = await server.GetAsync("/ws");
        plain.Status.ShouldBe(HttpStatusCode.BadRequest);
        plain.At("/detail")!.ShouldContain("/api/stream");
    }

    [Theory]
    [InlineData("service=nobody&environment=production", HttpStatusCode.NotFound, "NamespaceNotFound")]
    [InlineData("service=global&environment=prod", HttpStatusCode.NotFound, "EnvironmentNotFound")]
    [InlineData("environment=production", HttpStatusCode.BadRequest, "MalformedRequest")]
    [InlineData("service=global&enviroment=production", HttpStatusCode.BadRequest, "MalformedRequest")]
    [InlineData("service=global&subscriptions=news", HttpStatusCode.BadRequest, "MalformedRequest")]
    public async Task A_stream_of_what_is_not_there_or_not_understood_is_refused_by_name(string query, HttpStatusCode status, string code)
    {
        await using var server = await RunningServer.StartAsync();

        var reply = await server.GetAsync($"/api/stream?{query}");

        reply.Status.ShouldBe(status);
        reply.Code.ShouldBe(code);
    }
}
