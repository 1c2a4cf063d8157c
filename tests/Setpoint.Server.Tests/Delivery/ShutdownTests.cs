using System.Diagnostics;
using System.Net.WebSockets;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Delivery;

public sealed class ShutdownTests
{
    // The promise is 2 s; a machine that runs every test at once gets twice that.
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task Stopping_closes_sockets_with_1001_and_ends_streams()
    {
        await using var server = await RunningServer.StartAsync();
        await using var socket = await SocketFollower.SubscribedAsync(server, "global");
        await socket.NextAsync();
        await using var unauthenticated = await SocketFollower.ConnectAsync(server, key: null);
        await using var stream = await StreamFollower.OpenAsync(server, "service=global");
        await stream.NextAsync();

        var clock = Stopwatch.StartNew();
        var stopping = server.App.StopAsync(TestContext.Current.CancellationToken);

        foreach (var follower in new[] { socket, unauthenticated })
        {
            (await follower.NextAsync()).ShouldBeNull();
            follower.Socket.CloseStatus.ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
            await follower.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }

        (await stream.NextAsync()).ShouldBeNull();
        await stopping;
        clock.Elapsed.ShouldBeLessThan(StopWithin);
    }

    [Fact]
    public async Task Stopping_does_not_wait_for_sockets_that_do_not_answer_the_close()
    {
        await using var server = await RunningServer.StartAsync();
        await using var socket = await SocketFollower.SubscribedAsync(server, "global");

        var clock = Stopwatch.StartNew();
        await server.App.StopAsync(TestContext.Current.CancellationToken);

        clock.Elapsed.ShouldBeLessThan(StopWithin);
    }
}
