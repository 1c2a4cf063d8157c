using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Setpoint.Faults.Host;
using Setpoint.Faults.Ledger;
using Setpoint.TestKit;

namespace Setpoint.Faults.Stop;

/// <summary>SIGTERM, as a service manager or Ctrl-C sends it: what was begun is finished, nothing is lost, and it is over soon.</summary>
public sealed class StopTests
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Stopped_under_load_the_server_finishes_what_it_has_begun_and_loses_nothing()
    {
        var bound = await StopBoundAsync();
        using var folder = new TempFolder();
        var acknowledged = new Acknowledged();
        int port;
        await using (var server = await ServerUnderTest.StartAsync(folder.File("data")))
        {
            port = server.Port;
            var load = new WriteLoad(server, "stop", acknowledged);
            var writing = load.RunAsync();
            await Eventually.TrueAsync(() => acknowledged.Count > 50 || writing.IsCompleted, "the writers write");

            var clock = Stopwatch.StartNew();
            server.Process.Terminate();
            (await server.Process.ExitAsync(Eventually.Soon)).ShouldBe(0, await server.Process.OutputAsync());
            clock.Elapsed.ShouldBeLessThan(bound);
            load.Stop();

            // Every answer that came was a whole one, and none of them 5xx: the load itself asserts it.
            await writing;
        }

        await using var restarted = await ServerUnderTest.StartAsync(folder.File("data"), port);
        var audit = await LedgerAudit.OfAsync(restarted);
        audit.CheckAll(acknowledged);
        await audit.CheckEffectiveAsync(restarted);
        acknowledged.Count.ShouldBeGreaterThan(50);
    }

    [Fact]
    public async Task A_long_poll_does_not_hold_up_the_stop()
    {
        var bound = await StopBoundAsync();
        using var folder = new TempFolder();
        await using var server = await ServerUnderTest.StartAsync(folder.File("data"));
        (await server.PutAsync("/api/config/polled", """{"config":{"a":1}}""")).Status.ShouldBe(HttpStatusCode.Created);
        var read = await server.GetAsync("/api/config/polled");
        var poll = server.SendAsync(HttpMethod.Get, "/api/config/polled?wait=60s", null, "application/json", ("If-None-Match", read.Json["etag"]!.ToString()));
        // Another read on its own connection has gone through, so the poll is not merely on its way.
        await server.GetAsync("/api/config/polled");

        var clock = Stopwatch.StartNew();
        server.Process.Terminate();

        (await server.Process.ExitAsync(Eventually.Soon)).ShouldBe(0, await server.Process.OutputAsync());
        clock.Elapsed.ShouldBeLessThan(bound);
        (await poll).Status.ShouldBe(HttpStatusCode.NotModified, "the poll is answered, not cut off");
    }

    [Fact]
    public async Task Subscribers_are_told_to_come_back_and_do_not_hold_up_the_stop()
    {
        var bound = await StopBoundAsync();
        using var folder = new TempFolder();
        await using var server = await ServerUnderTest.StartAsync(folder.File("data"));
        (await server.PutAsync("/api/config/pushed", """{"config":{"a":1}}""")).Status.ShouldBe(HttpStatusCode.Created);
        await using var stream = await EventStream.OpenAsync(server, "/api/stream?service=pushed");
        await stream.NextAsync("configuration-update");
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("X-API-Key", ServerUnderTest.AdminKey);
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port}/ws"), TestContext.Current.CancellationToken);
        await socket.SendAsync("""{"type":"SUBSCRIBE","serviceName":"pushed"}"""u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
        (await socket.ReceiveAsync(new byte[4096], TestContext.Current.CancellationToken)).MessageType.ShouldBe(WebSocketMessageType.Text);

        var clock = Stopwatch.StartNew();
        server.Process.Terminate();
        WebSocketReceiveResult received;
        do
            received = await socket.ReceiveAsync(new byte[4096], TestContext.Current.CancellationToken);
        while (received.MessageType != WebSocketMessageType.Close);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);

        received.CloseStatus.ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
        (await server.Process.ExitAsync(Eventually.Soon)).ShouldBe(0, await server.Process.OutputAsync());
        clock.Elapsed.ShouldBeLessThan(bound);
    }

    [Fact]
    public async Task A_request_whose_body_never_comes_does_not_hold_up_the_stop()
    {
        var bound = await StopBoundAsync();
        using var folder = new TempFolder();
        await using var server = await ServerUnderTest.StartAsync(folder.File("data"));
        using var half = new TcpClient();
        await half.ConnectAsync(IPAddress.Loopback, server.Port, TestContext.Current.CancellationToken);
        await half.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes($"PUT /api/config/half HTTP/1.1\r\nHost: x\r\nX-API-Key: {ServerUnderTest.AdminKey}\r\nContent-Length: 1000\r\n\r\n{{"),
            TestContext.Current.CancellationToken);
        await server.GetAsync("/api/namespaces");

        var clock = Stopwatch.StartNew();
        server.Process.Terminate();

        (await server.Process.ExitAsync(Eventually.Soon)).ShouldBe(0, await server.Process.OutputAsync());
        clock.Elapsed.ShouldBeLessThan(bound);
    }

    [Fact]
    public async Task A_stopped_server_leaves_its_ledger_in_one_file()
    {
        using var folder = new TempFolder();
        await using (var server = await ServerUnderTest.StartAsync(folder.File("data")))
        {
            await server.PutAsync("/api/config/one", """{"config":{"a":1}}""");
            server.Process.Terminate();
            (await server.Process.ExitAsync(Eventually.Soon)).ShouldBe(0);
        }

        // The write-ahead log has been emptied into the database: a copy of that one file is a whole backup.
        Directory.GetFiles(folder.File("data")).Select(Path.GetFileName).Order().ShouldBe(["setpoint.db", "setpoint.lock", "stream.key"]);
    }

    /// <summary>
    /// What is promised, and some more where the machine is slow at just that: at ending a server that holds nothing, which takes a tenth of
    /// a second on a quiet one. What holds up a stop does so for five seconds at least, and thirty as a rule.
    /// </summary>
    private static async Task<TimeSpan> StopBoundAsync()
    {
        using var folder = new TempFolder();
        await using var idle = await ServerUnderTest.StartAsync(folder.File("data"));
        var clock = Stopwatch.StartNew();
        idle.Process.Terminate();
        (await idle.Process.ExitAsync(Eventually.Soon)).ShouldBe(0);
        return Promised + (8 * clock.Elapsed);
    }
}
