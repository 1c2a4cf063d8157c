using System.Collections.Concurrent;
using Setpoint.Client.Tests.FakeServer;

namespace Setpoint.Client.Tests;

public sealed class FollowTests : ClientTest
{
    [Fact]
    public async Task A_published_change_arrives_by_stream_and_is_told_after_it_can_be_read()
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"1","b":"same"}""");
        await using var connection = await ConnectAsync(server);
        var client = connection.Client;
        var seen = new ConcurrentQueue<(string? Value, ConfigurationUpdatedEventArgs Args)>();
        client.ConfigurationUpdated += (_, args) => seen.Enqueue((client.Get("a"), args));
        await Streaming(client);

        server.Publish("""{"a":"2","b":"same"}""");

        await Soon.BecomesTrueAsync(() => !seen.IsEmpty, "the update is told");
        seen.TryPeek(out var first).ShouldBeTrue();
        first.Value.ShouldBe("2");
        first.Args.Revision.ShouldBe(2);
        first.Args.Changes.ShouldBe([new KeyChange("a", "1", "2")]);
        client.Status.Revision.ShouldBe(2);
        client.Status.Version.ShouldBe(2);
        client.Status.Origin.ShouldBe(SetpointOrigin.Server);
    }

    [Fact]
    public async Task A_watch_hears_of_its_key_and_what_is_below_it_and_of_nothing_else()
    {
        await using var server = await ScriptedServer.StartAsync("""{"email":{"port":1},"emailed":1,"x":1}""");
        await using var connection = await ConnectAsync(server);
        var heard = new ConcurrentQueue<ConfigurationChange>();
        var everything = new ConcurrentQueue<ConfigurationChange>();
        var stopped = new ConcurrentQueue<ConfigurationChange>();
        using var watch = connection.Client.Watch("EMAIL", heard.Enqueue);
        using var all = connection.Client.Watch("", everything.Enqueue);
        connection.Client.Watch("email", stopped.Enqueue).Dispose();
        await Streaming(connection.Client);

        server.Publish("""{"email":{"port":1},"emailed":2,"x":1}""");
        await Soon.BecomesTrueAsync(() => everything.Count == 1, "the first change is told");
        server.Publish("""{"email":{"port":2},"emailed":2,"x":2}""");
        await Soon.BecomesTrueAsync(() => everything.Count == 2, "the second change is told");

        var change = heard.ShouldHaveSingleItem();
        change.Version.ShouldBe(3);
        change.Changes.ShouldBe([new KeyChange("email:port", "1", "2")]);
        stopped.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_callback_that_throws_keeps_the_change_from_nobody()
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"1"}""");
        await using var connection = await ConnectAsync(server);
        var told = 0;
        connection.Client.ConfigurationUpdated += (_, _) => throw new InvalidOperationException("app bug");
        connection.Client.ConfigurationUpdated += (_, _) => Interlocked.Increment(ref told);
        await Streaming(connection.Client);

        server.Publish("""{"a":"2"}""");
        await Soon.BecomesTrueAsync(() => Volatile.Read(ref told) == 1, "the second handler is told");
        server.Publish("""{"a":"3"}""");
        await Soon.BecomesTrueAsync(() => connection.Client.Get("a") == "3", "the next change arrives");

        Log.Count(7013).ShouldBeGreaterThanOrEqualTo(1);
        connection.Client.Status.LastError!.ShouldNotContain("app bug");
    }

    [Fact]
    public async Task A_request_to_reload_is_an_event_and_changes_nothing()
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"1"}""", revision: 4);
        await using var connection = await ConnectAsync(server);
        var reloads = new ConcurrentQueue<long>();
        connection.Client.ConfigurationReload += (_, args) => reloads.Enqueue(args.Revision);
        await Streaming(connection.Client);

        server.Reload();

        await Soon.BecomesTrueAsync(() => !reloads.IsEmpty, "the reload is told");
        reloads.ShouldBe([4L]);
        connection.Client.Get("a").ShouldBe("1");
        Log.Count(7010).ShouldBe(0);
    }

    [Fact]
    public async Task An_array_that_shrinks_leaves_no_stale_key()
    {
        await using var server = await ScriptedServer.StartAsync("""{"channels":["email","sms","push"]}""");
        await using var connection = await ConnectAsync(server);
        await Streaming(connection.Client);

        server.Publish("""{"channels":["email"]}""");

        await Soon.BecomesTrueAsync(() => connection.Client.Status.Revision == 2, "the change arrives");
        connection.Client.Get("channels:0").ShouldBe("email");
        connection.Client.TryGet("channels:1", out _).ShouldBeFalse();
        connection.Client.TryGet("channels:2", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_reconnect_names_the_last_revision_and_misses_nothing()
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"1"}""", revision: 41);
        await using var connection = await ConnectAsync(server, o => o.TimeProvider = Time);
        await Streaming(connection.Client);
        server.Publish("""{"a":"2"}""");
        await Soon.BecomesTrueAsync(() => connection.Client.Get("a") == "2", "the first change arrives");

        server.CutStreams();
        await Soon.BecomesTrueAsync(() => connection.Client.Status.State == SetpointState.Disconnected, "the client sees the end");
        server.Publish("""{"a":"3"}""");
        await AdvanceUntilAsync(() => connection.Client.Get("a") == "3", "the missed change arrives");

        var streams = server.RequestsTo("/api/stream");
        streams.Select(request => request.LastEventId).ShouldBe(["41", "42"]);
        streams.ShouldAllBe(request => request.Query == "?service=notification-service&environment=production&subscriptions=config-updates");
        Log.Count(7020).ShouldBe(0, "a stream that ends and comes back is no outage");
    }

    [Fact]
    public async Task A_server_that_restarts_costs_two_log_lines_and_the_app_converges()
    {
        var server = await ScriptedServer.StartAsync("""{"a":"1"}""", revision: 9);
        var port = server.Port;
        await using var connection = await ConnectAsync(server, o => o.TimeProvider = Time);
        await Streaming(connection.Client);

        await server.DisposeAsync();
        await AdvanceUntilAsync(() => Log.Count(7020) == 1, "the outage is told");
        for (var i = 0; i < 5; i++)
            await AdvanceOneRetryAsync();
        connection.Client.Get("a").ShouldBe("1");
        connection.Client.Status.State.ShouldBe(SetpointState.Disconnected);
        connection.Client.Status.LastError.ShouldNotBeNull();

        await using var again = await ScriptedServer.StartAsync("""{"a":"2"}""", port, revision: 12);
        await AdvanceUntilAsync(() => connection.Client.Get("a") == "2", "the client converges");

        Log.Count(7020).ShouldBe(1);
        Log.Count(7021).ShouldBe(1);
        connection.Client.Status.State.ShouldBe(SetpointState.Streaming);
        connection.Client.Status.LastError.ShouldBeNull();
    }

    [Fact]
    public async Task A_start_from_the_cache_converges_when_the_server_comes()
    {
        var first = await ScriptedServer.StartAsync("""{"a":"cached"}""", revision: 5);
        var port = first.Port;
        await FillCacheAsync(first);
        await first.DisposeAsync();

        await using var connection = await SetpointConnection.OpenAsync(Options($"http://127.0.0.1:{port}", o => o.TimeProvider = Time), Cancelled);
        connection.Client.Get("a").ShouldBe("cached");
        await using var again = await ScriptedServer.StartAsync("""{"a":"fresh"}""", port, revision: 6);
        await AdvanceUntilAsync(() => connection.Client.Status.Origin == SetpointOrigin.Server, "the client converges");

        connection.Client.Get("a").ShouldBe("fresh");
        again.RequestsTo("/api/stream")[^1].LastEventId.ShouldBeNull("a cached revision may count in another history");
    }

    [Fact]
    public async Task A_cached_start_is_confirmed_by_a_server_that_has_nothing_newer()
    {
        var first = await ScriptedServer.StartAsync("""{"a":"1"}""", revision: 5);
        var port = first.Port;
        await FillCacheAsync(first);
        await first.DisposeAsync();
        await using var connection = await SetpointConnection.OpenAsync(Options($"http://127.0.0.1:{port}", o => o.TimeProvider = Time), Cancelled);
        var updates = 0;
        connection.Client.ConfigurationUpdated += (_, _) => updates++;

        await using var again = await ScriptedServer.StartAsync("""{"a":"1"}""", port, revision: 5);
        await AdvanceUntilAsync(() => connection.Client.Status.Origin == SetpointOrigin.Server, "the server confirms");

        updates.ShouldBe(0);
    }

    [Fact]
    public async Task A_newer_version_with_the_same_content_moves_the_status_and_tells_the_app_nothing()
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"1"}""");
        await using var connection = await ConnectAsync(server);
        var updates = 0;
        connection.Client.ConfigurationUpdated += (_, _) => updates++;
        await Streaming(connection.Client);

        server.Publish("""{"a":"1"}""");
        await Soon.BecomesTrueAsync(() => connection.Client.Status is { Version: 2, Revision: 2 }, "the status moves");

        updates.ShouldBe(0);
        Log.Count(7010).ShouldBe(0);
    }

    [Fact]
    public async Task A_server_that_went_back_is_believed_after_three_answers_that_it_is_behind()
    {
        var server = await ScriptedServer.StartAsync("""{"a":"newest"}""", revision: 100);
        var port = server.Port;
        await using var connection = await ConnectAsync(server, o => o.TimeProvider = Time);
        await Streaming(connection.Client);
        await server.DisposeAsync();

        await using var restored = await ScriptedServer.StartAsync("""{"a":"restored"}""", port, revision: 50);
        await AdvanceUntilAsync(() => connection.Client.Status.Revision == 50, "the client takes what was restored");

        connection.Client.Get("a").ShouldBe("restored");
        restored.RequestsTo("/api/stream").Count(request => request.MinRevision == "100").ShouldBe(3);
        Log.Count(7012).ShouldBe(1);
    }

    [Fact]
    public async Task A_server_restored_with_another_history_of_the_same_length_is_noticed_by_its_tag()
    {
        var server = await ScriptedServer.StartAsync("""{"a":"before"}""", revision: 10);
        var port = server.Port;
        await using var connection = await ConnectAsync(server, o => o.TimeProvider = Time);
        await Streaming(connection.Client);
        await server.DisposeAsync();
        await AdvanceUntilAsync(() => Log.Count(7020) == 1, "the outage is felt");

        await using var restored = await ScriptedServer.StartAsync("""{"a":"after"}""", port, revision: 10);
        await AdvanceUntilAsync(() => connection.Client.Get("a") == "after", "the difference is noticed");
    }

    [Theory]
    [InlineData("event: configuration-update\ndata: not json\n\n")]
    [InlineData("event: configuration-update\ndata: {}\n\n")]
    [InlineData("event: configuration-update\ndata: {\"version\":3,\"config\":[]}\n\n")]
    [InlineData("event: configuration-update\ndata: {\"version\":3,\"serviceName\":\"billing\",\"config\":{\"a\":\"foreign\"}}\n\n")]
    [InlineData("event: configuration-reload\ndata: }\n\n")]
    public async Task Garbage_on_the_stream_changes_nothing_and_the_client_comes_back(string garbage)
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"1"}""");
        server.StreamScript = ScriptedServer.Body(garbage, "text/event-stream");
        await using var connection = await ConnectAsync(server, o => o.TimeProvider = Time);
        var client = connection.Client;
        await AdvanceUntilAsync(() => client.Status is { State: SetpointState.Disconnected, LastError: not null }, "the garbage is reported");
        client.Get("a").ShouldBe("1");

        server.StreamScript = null;
        server.Publish("""{"a":"2"}""");
        await AdvanceUntilAsync(() => client.Get("a") == "2", "the client converges");
    }

    [Fact]
    public async Task An_event_over_the_limit_counts_as_a_failure_and_ends_nothing()
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"1"}""");
        server.StreamScript = ScriptedServer.Body("event: configuration-update\ndata: " + new string('x', 100_000), "text/event-stream");
        await using var connection = await ConnectAsync(server, o => { o.TimeProvider = Time; o.ResponseSizeMax = 10_000; });
        await AdvanceUntilAsync(() => connection.Client.Status.LastError?.Contains("ResponseSizeMax", StringComparison.Ordinal) == true, "the limit is named");

        server.StreamScript = null;
        server.Publish("""{"a":"2"}""");
        await AdvanceUntilAsync(() => connection.Client.Get("a") == "2", "the client converges");
    }

    [Fact]
    public async Task A_stream_that_falls_silent_is_replaced_after_45_seconds()
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"1"}""");
        await using var connection = await ConnectAsync(server, o => o.TimeProvider = Time);
        await Streaming(connection.Client);
        await CalmAsync();
        server.OpenStreams.ShouldBe(1);

        Time.Advance(TimeSpan.FromSeconds(44));
        server.RequestsTo("/api/stream").Count.ShouldBe(1);
        connection.Client.Status.State.ShouldBe(SetpointState.Streaming);

        await AdvanceUntilAsync(() => server.RequestsTo("/api/stream").Count == 2, "another stream is opened");
        // The silence, and the first pause: below one second.
        Time.Elapsed.ShouldBeInRange(TimeSpan.FromSeconds(45), TimeSpan.FromSeconds(46));
    }

    [Fact]
    public async Task A_proxy_that_holds_the_stream_back_leads_to_polling_and_every_change_still_arrives()
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"1"}""");
        server.StreamScript = ScriptedServer.SilentStream;
        await using var connection = await ConnectAsync(server, o => o.TimeProvider = Time);
        var client = connection.Client;

        server.Publish("""{"a":"2"}""");
        await AdvanceUntilAsync(() => client.Get("a") == "2", "the first silent stream is followed by a request");
        server.RequestsTo("/api/stream").Count.ShouldBe(1);

        await AdvanceUntilAsync(() => client.Status.State == SetpointState.Polling, "the stream is given up");
        server.RequestsTo("/api/stream").Count.ShouldBe(3);
        Log.Count(7023).ShouldBe(1);

        server.Publish("""{"a":"3"}""");
        await AdvanceUntilAsync(() => client.Get("a") == "3", "a long poll brings the change");
        server.RequestsTo("/api/config").ShouldContain(request => request.Query.EndsWith("&wait=30s", StringComparison.Ordinal) && request.IfNoneMatch != null);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(501)]
    public async Task A_server_without_a_stream_is_polled_at_once_and_the_stream_is_tried_again_later(int status)
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"1"}""");
        server.StreamScript = ScriptedServer.Status(status);
        server.Time = Time;
        await using var connection = await ConnectAsync(server, o => o.TimeProvider = Time);
        var client = connection.Client;
        server.Publish("""{"a":"2"}""");
        await Soon.BecomesTrueAsync(() => client.Status.State == SetpointState.Polling && client.Get("a") == "2", "it polls");

        server.StreamScript = null;
        await AdvanceUntilAsync(() => client.Status.State == SetpointState.Streaming, "the stream is used again");
        Time.Elapsed.ShouldBeInRange(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(30));
        Log.Count(7023).ShouldBe(1);
    }

    [Fact]
    public async Task A_server_that_does_not_hold_polls_is_asked_once_in_an_interval()
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"1"}""");
        server.ConfigScript = null;
        await using var connection = await ConnectAsync(server, o => { o.TimeProvider = Time; o.Follow = SetpointFollow.Poll; o.PollInterval = TimeSpan.FromSeconds(10); });
        server.ConfigScript = ScriptedServer.Status(304);
        server.Publish("""{"a":"ignored by the script"}""");
        await CalmAsync();
        var before = server.RequestsTo("/api/config").Count;

        for (var i = 1; i <= 3; i++)
        {
            Time.Advance(Time.Pending.ShouldHaveSingleItem());
            await CalmAsync();
            server.RequestsTo("/api/config").Count.ShouldBe(before + i);
            Time.Pending.ShouldHaveSingleItem().ShouldBe(TimeSpan.FromSeconds(10));
        }

        server.RequestsTo("/api/stream").ShouldBeEmpty();
        connection.Client.Status.State.ShouldBe(SetpointState.Polling);
    }

    [Fact]
    public async Task A_key_that_is_revoked_is_told_once_and_asked_for_slowly_while_the_last_good_stays()
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"1"}""");
        await using var connection = await ConnectAsync(server, o => o.TimeProvider = Time);
        await Streaming(connection.Client);
        server.StreamScript = ScriptedServer.Status(401, """{"code":"Unauthenticated","detail":"Revoked."}""");
        server.CutStreams();
        await AdvanceUntilAsync(() => Log.Count(7022) == 1, "the refusal is told");
        connection.Client.Status.State.ShouldBe(SetpointState.Unauthorized);

        for (var i = 0; i < 4; i++)
        {
            Time.Pending.ShouldContain(pause => pause >= TimeSpan.FromSeconds(29));
            await AdvanceOneRetryAsync();
        }

        connection.Client.Get("a").ShouldBe("1");
        Log.Count(7022).ShouldBe(1);
        Log.All.ShouldAllBe(line => !line.Text.Contains(ScriptedServer.Key));
        server.StreamScript = null;
        server.Publish("""{"a":"2"}""");
        await AdvanceUntilAsync(() => connection.Client.Get("a") == "2", "the client converges");
    }

    [Fact]
    public async Task A_busy_server_is_left_alone_for_as_long_as_it_asks()
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"1"}""");
        server.StreamScript = ScriptedServer.Status(429, retryAfter: "17");
        await using var connection = await ConnectAsync(server, o => o.TimeProvider = Time);

        await Soon.BecomesTrueAsync(() => Time.Pending.Any(pause => pause >= TimeSpan.FromSeconds(17) && pause <= TimeSpan.FromSeconds(18)), "it waits");
        server.RequestsTo("/api/stream").Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_poll_does_not_fetch_a_refused_configuration_again_and_again()
    {
        await using var server = await ScriptedServer.StartAsync("""{"port":1}""");
        await using var connection = await ConnectAsync(server, o => o.Follow = SetpointFollow.Poll);
        var handle = connection.Client.Handle<PortOptions>("");
        await Soon.BecomesTrueAsync(() => connection.Client.Status.State == SetpointState.Polling, "it polls");

        server.Publish("""{"port":"none"}""");
        await Soon.BecomesTrueAsync(() => connection.Client.Status.LastRefusal is not null, "the change is refused");
        await Soon.BecomesTrueAsync(() => server.RequestsTo("/api/config")[^1].Query.Contains("wait", StringComparison.Ordinal), "it polls on");
        var polls = server.RequestsTo("/api/config");
        handle.Value.Port.ShouldBe(1);
        server.Publish("""{"port":2}""");
        await Soon.BecomesTrueAsync(() => handle.Value.Port == 2, "a good change converges");

        server.RequestsTo("/api/config").Count.ShouldBeLessThanOrEqualTo(polls.Count + 2, "the refused one is not asked for in a loop");
        connection.Client.Status.LastRefusal.ShouldBeNull();
    }

    [Fact]
    public async Task A_client_that_is_told_not_to_follow_does_not()
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"1"}""");
        await using var connection = await ConnectAsync(server, o => o.Follow = SetpointFollow.None);

        connection.Client.Status.State.ShouldBe(SetpointState.Idle);
        server.Requests.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Disposing_ends_the_stream_and_reads_go_on()
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"1"}""");
        var connection = await ConnectAsync(server);
        await Streaming(connection.Client);

        await connection.DisposeAsync();

        await Soon.BecomesTrueAsync(() => server.OpenStreams == 0, "the stream is closed");
        connection.Client.Get("a").ShouldBe("1");
        connection.Client.Status.State.ShouldBe(SetpointState.Idle);
    }

    private sealed class PortOptions
    {
        public int Port { get; set; }
    }

    private static Task Streaming(ISetpointClient client) =>
        Soon.BecomesTrueAsync(() => client.Status is { State: SetpointState.Streaming, LastContact: not null }, "the client streams");

    /// <summary>True while the client waits to retry; an attempt under way has the timer of the silence instead.</summary>
    private bool Pauses() => Time.Pending is [var only] && only != TimeSpan.FromSeconds(45);

    /// <summary>Lets one pause pass, and waits for the next one.</summary>
    private async Task AdvanceOneRetryAsync()
    {
        var failures = Log.All.Count;
        await Soon.BecomesTrueAsync(Pauses, "the client pauses");
        Time.Advance(Time.Pending[0]);
        await Soon.BecomesTrueAsync(Pauses, "the client pauses again");
        Log.All.Count.ShouldBe(failures, $"a retry is not told: {Log.Text}");
    }
}
