using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Setpoint.Server.Delivery;
using Setpoint.Server.Tests.Host;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Delivery;

public sealed class ShutdownTests
{
    [Fact]
    public async Task Stopping_closes_sockets_with_1001_and_ends_streams()
    {
        await using var server = await RunningServer.StartAsync();
        await using var socket = await SocketFollower.SubscribedAsync(server, "global");
        await socket.NextAsync();
        await using var unauthenticated = await SocketFollower.ConnectAsync(server, key: null);
        await using var stream = await StreamFollower.OpenAsync(server, "service=global");
        await stream.NextAsync();

        var stopping = server.App.StopAsync(TestContext.Current.CancellationToken);

        foreach (var follower in new[] { socket, unauthenticated })
        {
            (await follower.NextAsync()).ShouldBeNull();
            follower.Socket.CloseStatus.ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
            await follower.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }

        (await stream.NextAsync()).ShouldBeNull();
        await stopping.WaitAsync(Eventually.Soon, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Stopping_does_not_wait_for_sockets_that_do_not_answer_the_close()
    {
        await using var server = await RunningServer.StartAsync();
        await using var socket = await SocketFollower.SubscribedAsync(server, "global");

        await server.App.StopAsync(TestContext.Current.CancellationToken).WaitAsync(Eventually.Soon, TestContext.Current.CancellationToken);

        // Cut off, and not for want of patience on this side: nobody has read from it.
        await Eventually.TrueAsync(() => server.App.Services.GetRequiredService<ChannelRegistry>().Count == 0, "the socket is let go");
    }
}
