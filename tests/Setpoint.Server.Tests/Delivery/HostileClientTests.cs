using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Setpoint.Server.Delivery;
using Setpoint.Server.Tests.Host;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Delivery;

public sealed class HostileClientTests
{
    private static readonly string[] Samples =
    [
        """{"type":"SUBSCRIBE","serviceName":"mail","environment":"production","subscriptions":["config-updates","feature-flags"],"lastRevision":2}""",
        """{"type":"SUBSCRIBE","serviceName":"mail","environment":"production","user":"ann","attributes":{"a":[1,2,{"b":null}]}}""",
        """{"type":"UNSUBSCRIBE","subscriptionId":"s1"}""",
        $$"""{"type":"AUTH","token":"{{RunningServer.AdminKey}}"}""",
        """{"type":"PING"}""",
    ];

    [Fact]
    public async Task Whatever_a_client_says_is_answered_or_ends_its_own_connection_and_the_server_goes_on()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SETPOINT_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 20261120;
        var random = new Random(seed);
        await using var server = await RunningServer.StartAsync();
        await server.PutAsync("/api/config/mail", """{"config":{"n":0}}""");
        var follower = await SocketFollower.ConnectAsync(server);
        try
        {
            for (var i = 0; i < 3000; i++)
            {
                var bytes = Mutated(random);
                var context = $"seed {seed}, message {i}: {Convert.ToHexString(bytes)}";
                var type = random.Next(20) == 0 ? WebSocketMessageType.Binary : WebSocketMessageType.Text;
                if (await AnswersAsync(follower, bytes, type, random, $"QUESTION-{i}", context))
                    continue;

                // Text that is not UTF-8 breaks the WebSocket protocol itself. The question sent after it can reset the connection before
                // the close that says so is read.
                System.Text.Unicode.Utf8.IsValid(bytes).ShouldBeFalse(context);
                follower.Socket.CloseStatus.ShouldBeOneOf(WebSocketCloseStatus.InvalidPayloadData, null);
                await follower.DisposeAsync();
                follower = await SocketFollower.ConnectAsync(server);
            }
        }
        finally
        {
            await follower.DisposeAsync();
        }

        (await server.GetAsync("/api/config/mail")).At("/config").ShouldBe("""{"n":0}""");
        await Eventually.TrueAsync(() => server.App.Services.GetRequiredService<ChannelRegistry>().Count == 0, "every connection is let go");
        server.App.Services.GetRequiredService<FeedTable>().All.ShouldBeEmpty();
    }

    [Fact]
    public async Task Garbage_instead_of_frames_ends_the_connection_and_no_other()
    {
        const int Seed = 20261120;
        var random = new Random(Seed);
        await using var server = await RunningServer.StartAsync();
        await using var bystander = await SocketFollower.SubscribedAsync(server, "global");
        await bystander.NextAsync();
        for (var i = 0; i < 60; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"GET /ws HTTP/1.1\r\nHost: {server.Address.Authority}\r\nX-API-Key: {RunningServer.AdminKey}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"));
            var garbage = new byte[random.Next(1, 400)];
            random.NextBytes(garbage);
            await stream.WriteAsync(garbage);
            client.Client.Shutdown(SocketShutdown.Send);
            var buffer = new byte[4096];
            using var patience = new CancellationTokenSource(Eventually.Soon);
            try
            {
                while (await stream.ReadAsync(buffer, patience.Token) > 0)
                {
                }
            }
            catch (IOException)
            {
                // A reset ends it as well.
            }
        }

        await Eventually.TrueAsync(() => server.App.Services.GetRequiredService<ChannelRegistry>().Count == 1, $"only the bystander is left, seed {Seed}");
        await bystander.HeardNothingAsync();
    }

    [Fact]
    public async Task A_message_over_64_KiB_closes_with_1009_and_one_of_just_that_size_is_read()
    {
        await using var server = await RunningServer.StartAsync();
        await using var follower = await SocketFollower.ConnectAsync(server);
        var head = """{"type":"PING","x":" """.TrimEnd();
        var fits = head + new string('x', (64 * 1024) - head.Length - 2) + "\"}";
        fits.Length.ShouldBe(64 * 1024);

        await follower.SayAsync(fits);
        (await follower.NextAsync())!.Code.ShouldBe("MalformedRequest");
        await follower.SayAsync(fits + " ");

        (await follower.NextAsync()).ShouldBeNull();
        follower.Socket.CloseStatus.ShouldBe(WebSocketCloseStatus.MessageTooBig);
    }

    [Fact]
    public async Task A_client_in_the_middle_of_a_huge_message_still_learns_why_it_is_closed()
    {
        await using var server = await RunningServer.StartAsync();
        await using var follower = await SocketFollower.ConnectAsync(server);
        var piece = new byte[16 * 1024];
        for (var i = 0; i < 40; i++)
            await follower.Socket.SendAsync(piece, WebSocketMessageType.Binary, endOfMessage: false, CancellationToken.None);

        (await follower.NextAsync()).ShouldBeNull();
        follower.Socket.CloseStatus.ShouldBe(WebSocketCloseStatus.MessageTooBig);
    }

    [Fact]
    public async Task A_binary_message_is_refused_and_the_connection_stays()
    {
        await using var server = await RunningServer.StartAsync();
        await using var follower = await SocketFollower.ConnectAsync(server);

        await follower.Socket.SendAsync("""{"type":"PING"}"""u8.ToArray(), WebSocketMessageType.Binary, true, TestContext.Current.CancellationToken);

        (await follower.NextAsync())!.Code.ShouldBe("MalformedRequest");
        await follower.HeardNothingAsync();
    }

    [Fact]
    public async Task Text_that_is_not_UTF_8_closes_with_1007()
    {
        await using var server = await RunningServer.StartAsync();
        await using var follower = await SocketFollower.ConnectAsync(server);

        await follower.Socket.SendAsync((byte[])[(byte)'"', 0xB5, (byte)'"'], WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

        (await follower.NextAsync()).ShouldBeNull();
        follower.Socket.CloseStatus.ShouldBe(WebSocketCloseStatus.InvalidPayloadData);
    }

    [Fact]
    public async Task A_socket_has_a_thousand_subscriptions_and_room_again_when_one_ends()
    {
        await using var server = await RunningServer.StartAsync();
        await using var follower = await SocketFollower.ConnectAsync(server);
        for (var i = 0; i < 1000; i++)
        {
            await follower.SayAsync("""{"type":"SUBSCRIBE","serviceName":"global","subscriptions":["config-updates"]}""");
            (await follower.NextAsync())!.Type.ShouldBe("SUBSCRIBED");
            (await follower.NextAsync())!.Type.ShouldBe("CONFIGURATION_UPDATE");
        }

        await follower.SubscribeAsync("global");
        (await follower.NextAsync())!.Code.ShouldBe("TooLarge");
        await follower.SayAsync("""{"type":"UNSUBSCRIBE","subscriptionId":"s7"}""");
        await follower.SubscribeAsync("global");

        (await follower.NextAsync())!.At("/subscriptionId").ShouldBe("\"s1001\"");
    }

    [Theory]
    [InlineData("socket")]
    [InlineData("stream")]
    public async Task A_reader_that_stalls_is_cut_off_and_the_others_have_every_state(string transport)
    {
        await using var server = await RunningServer.StartAsync();
        // Long enough that a reader who is merely slow, on a machine that is, is not taken for one that stalls.
        server.App.Services.GetRequiredService<DeliveryLimits>().StalledMax = TimeSpan.FromSeconds(4);
        var filler = new string('x', 400_000);
        await server.PutAsync("/api/config/mail", $$"""{"config":{"n":0,"filler":"{{filler}}"} }""");
        await using var reader = await SocketFollower.SubscribedAsync(server, "mail");
        (await reader.NextAsync())!.At("/config/n").ShouldBe("0");
        using var stalled = await OpenStalledAsync(server, transport);
        var registry = server.App.Services.GetRequiredService<ChannelRegistry>();
        await Eventually.TrueAsync(() => registry.Count == 2, "both are connected");

        var n = 0;
        await Eventually.TrueAsync(
            async () =>
            {
                n++;
                await server.PutAsync("/api/config/mail", $$"""{"config":{"n":{{n}},"filler":"{{filler}}"} }""");
                var heard = (await reader.NextAsync())!;
                heard.At("/config/n").ShouldBe($"{n}");
                return registry.Count == 1;
            },
            "the stalled reader is cut off");

        await reader.HeardNothingAsync();
    }

    [Fact]
    public async Task A_silent_stream_carries_comments()
    {
        await using var server = await RunningServer.StartAsync();
        server.App.Services.GetRequiredService<DeliveryLimits>().CommentEvery = TimeSpan.FromSeconds(1);
        await using var stream = await StreamFollower.OpenAsync(server, "service=global&subscriptions=feature-flags");

        (await stream.LineAsync()).ShouldBe(":");
        (await stream.LineAsync()).ShouldBe("");
        (await stream.LineAsync()).ShouldBe(":");
    }

    private static byte[] Mutated(Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(Samples[random.Next(Samples.Length)]).ToList();
        for (var edits = random.Next(4); edits > 0 && bytes.Count > 0; edits--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0: bytes[at] = (byte)random.Next(random.Next(8) == 0 ? 256 : 128); break;
                case 1: bytes.RemoveAt(at); break;
                case 2: bytes.Insert(at, (byte)"{}[]\",:\\0e-"[random.Next(11)]); break;
                case 3: bytes.RemoveRange(at, bytes.Count - at); break;
                default: bytes.InsertRange(at, bytes.Take(random.Next(bytes.Count)).ToArray()); break;
            }
        }

        return [.. bytes];
    }

    private static async Task SendInPiecesAsync(SocketFollower follower, byte[] bytes, WebSocketMessageType type, Random random)
    {
        var cut = random.Next(3) == 0 ? random.Next(bytes.Length + 1) : 0;
        if (cut > 0)
            await follower.Socket.SendAsync(bytes.AsMemory(0, cut), type, endOfMessage: false, CancellationToken.None);
        await follower.Socket.SendAsync(bytes.AsMemory(cut), type, endOfMessage: true, CancellationToken.None);
    }

    /// <summary>True if the connection still answers; every answer before is a message of the contract.</summary>
    private static async Task<bool> AnswersAsync(
        SocketFollower follower, byte[] bytes, WebSocketMessageType type, Random random, string question, string context)
    {
        try
        {
            await SendInPiecesAsync(follower, bytes, type, random);

            // Mutants have answers of their own, so the one waited for names its question.
            await follower.SayAsync($$"""{"type":"{{question}}"}""");
            while (await follower.NextAsync() is { } heard)
            {
                heard.Type.ShouldBeOneOf(["ERROR", "PONG", "SUBSCRIBED", "AUTHENTICATED", "CONFIGURATION_UPDATE"], context);
                if (heard.Text.Contains(question, StringComparison.Ordinal))
                    return true;
            }

            return false;
        }
        catch (WebSocketException)
        {
            return false;
        }
    }

    /// <summary>Subscribes and never reads again, with a small window so that the server's buffers fill soon.</summary>
    private static async Task<Socket> OpenStalledAsync(RunningServer server, string transport)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(server.Address.Host, server.Address.Port);
        var request = transport == "stream"
            ? $"GET /api/stream?service=mail&environment=production HTTP/1.1\r\nHost: {server.Address.Authority}\r\nX-API-Key: {RunningServer.AdminKey}\r\n\r\n"
            : $"GET /ws HTTP/1.1\r\nHost: {server.Address.Authority}\r\nX-API-Key: {RunningServer.AdminKey}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        if (transport == "socket")
        {
            // A masked text frame with the mask 0, so that its payload is the text itself.
            var text = """{"type":"SUBSCRIBE","serviceName":"mail","environment":"production"}"""u8;
            await socket.SendAsync((byte[])[0x81, (byte)(0x80 | text.Length), 0, 0, 0, 0, .. text]);
        }

        return socket;
    }
}
