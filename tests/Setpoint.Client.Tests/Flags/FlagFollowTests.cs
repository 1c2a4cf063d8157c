using System.Collections.Concurrent;
using Setpoint.Client.Tests.FakeServer;

namespace Setpoint.Client.Tests.Flags;

public sealed class FlagFollowTests : FlagTest
{
    [Fact]
    public async Task A_change_arrives_by_the_stream_and_is_told_after_it_answers()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, $"\"a\": {On}, \"same\": {On}");
        await using var connection = await ConnectWithFlagsAsync(server);
        var flags = connection.Client.Flags;
        var told = new ConcurrentQueue<(bool Value, FlagsChangedEventArgs Args)>();
        flags.Changed += (_, args) => told.Enqueue((flags.GetBoolean("a", true), args));
        await StreamingAsync(connection);

        server.Flags.Publish(Own, $"\"a\": {Off}, \"same\": {On}, \"new\": {On}");

        await Soon.BecomesTrueAsync(() => !told.IsEmpty, "the change is told");
        var (value, args) = told.ShouldHaveSingleItem();
        value.ShouldBeFalse();
        (args.Namespace, args.Revision).ShouldBe((Own, 3));
        args.Keys.ShouldBe(["a", "new"]);
        flags.GetBooleanDetails("a", true).Revision.ShouldBe(3);
        server.RequestsTo("/api/stream")[0].Query.ShouldContain("subscriptions=config-updates,feature-flags");
    }

    [Fact]
    public async Task A_handler_that_throws_is_logged_and_the_next_change_still_arrives()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, $"\"a\": {On}");
        await using var connection = await ConnectWithFlagsAsync(server);
        connection.Client.Flags.Changed += (_, _) => throw new InvalidOperationException("app bug");
        await StreamingAsync(connection);

        server.Flags.Publish(Own, $"\"a\": {Off}");
        await Soon.BecomesTrueAsync(() => !connection.Client.Flags.GetBoolean("a", true), "the first change arrives");
        server.Flags.Publish(Own, $"\"a\": {On}");
        await Soon.BecomesTrueAsync(() => connection.Client.Flags.GetBoolean("a", false), "the second change arrives");

        Log.Count(7013).ShouldBeGreaterThanOrEqualTo(1);
    }

    [Fact]
    public async Task A_burst_of_events_for_one_commit_is_one_request()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, $"\"a\": {On}");
        await using var connection = await ConnectWithFlagsAsync(server);
        await StreamingAsync(connection);
        await SettledAsync(server);
        var before = server.RequestsTo("/api/flags/definitions").Count;

        server.Flags.Publish(Own, $"\"a\": {Off}", told: 100);
        await Soon.BecomesTrueAsync(() => !connection.Client.Flags.GetBoolean("a", true), "the change arrives");
        server.Flags.Publish(Own, $"\"a\": {On}", told: 100);
        await Soon.BecomesTrueAsync(() => connection.Client.Flags.GetBoolean("a", false), "the next change arrives");

        var requests = server.RequestsTo("/api/flags/definitions").Skip(before).ToList();
        requests.Count.ShouldBe(2);
        requests.Select(request => request.MinRevision).ShouldBe(["3", "4"]);
        requests.Select(request => request.IfNoneMatch![..8]).ShouldBe(["\"flags-2", "\"flags-3"]);
    }

    [Fact]
    public async Task What_changed_between_the_first_request_and_the_stream_is_not_missed()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, $"\"a\": {On}");
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.StreamScript = async context =>
        {
            await open.Task.WaitAsync(context.RequestAborted);
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.WriteAsync(": hello\n\n"u8.ToArray(), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        };
        await using var connection = await ConnectWithFlagsAsync(server);

        server.Flags.Publish(Own, $"\"a\": {Off}", told: 0);
        open.SetResult();

        await Soon.BecomesTrueAsync(() => !connection.Client.Flags.GetBoolean("a", true), "the change arrives");
    }

    [Fact]
    public async Task Without_a_stream_long_polls_bring_every_change()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, $"\"a\": {On}");
        await using var connection = await ConnectWithFlagsAsync(server, options => options.Follow = SetpointFollow.Poll);
        await Soon.BecomesTrueAsync(() => server.Flags.Held == 1, "the server holds a poll");

        server.Flags.Publish(Own, $"\"a\": {Off}", told: 0);
        await Soon.BecomesTrueAsync(() => !connection.Client.Flags.GetBoolean("a", true), "the change arrives");
        await Soon.BecomesTrueAsync(() => server.Flags.Held == 1, "the server holds the next poll");

        server.RequestsTo("/api/flags/definitions").Skip(1).ShouldAllBe(request => request.Query.EndsWith("&wait=30s", StringComparison.Ordinal));
        server.RequestsTo("/api/stream").ShouldBeEmpty();
    }

    [Fact]
    public async Task Other_namespaces_are_polled_while_the_stream_tells_of_the_own_one()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish("global", $"\"a\": {On}");
        server.Flags.Publish(Own, $"\"b\": {On}");
        await using var connection = await ConnectAsync(server, options => options.Flags.Enabled = true);
        await StreamingAsync(connection);
        await Soon.BecomesTrueAsync(() => server.Flags.Held == 1, "the server holds a poll");

        server.Flags.Publish("global", $"\"a\": {Off}");
        await Soon.BecomesTrueAsync(() => !connection.Client.Flags.GetBoolean("a", true), "the change of the other namespace arrives");
        server.Flags.Publish(Own, $"\"b\": {Off}");
        await Soon.BecomesTrueAsync(() => !connection.Client.Flags.GetBoolean("b", true), "the change of the own namespace arrives");

        server.RequestsTo("/api/flags/definitions").Where(request => request.Query.Contains("wait=", StringComparison.Ordinal))
            .ShouldAllBe(request => request.Query.Contains("namespace=global", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Follow_none_keeps_what_the_start_read()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, $"\"a\": {On}");
        await using var connection = await ConnectWithFlagsAsync(server, options => options.Follow = SetpointFollow.None);

        connection.Client.Flags.GetBoolean("a", false).ShouldBeTrue();
        server.RequestsTo("/api/flags/definitions").Count.ShouldBe(1);
    }

    [Fact]
    public async Task One_namespace_that_is_refused_keeps_no_other_back()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, $"\"a\": {On}");
        var contract = new ScriptedFlags("production", () => { });
        contract.Publish(Own, $"\"a\": {On}");
        server.Flags.DefinitionsScript = context => context.Request.Query["namespace"] == "secret-team"
            ? ScriptedServer.Status(403, """{"code":"Forbidden","detail":"Not yours."}""")(context)
            : contract.DefinitionsAsync(context, context.RequestAborted);
        await using var connection = await ConnectWithFlagsAsync(server, options => options.Flags.Namespaces.Insert(0, "secret-team"));
        var flags = connection.Client.Flags;

        flags.GetBoolean("a", false).ShouldBeTrue();
        flags.GetBooleanDetails("absent", false).ErrorCode.ShouldBe("PROVIDER_NOT_READY");
        flags.Status.IsReady.ShouldBeFalse();
        flags.Status.Namespaces[0].LastError!.ShouldContain("Not yours.");
        flags.Status.Namespaces[1].LastError.ShouldBeNull();
        await Soon.BecomesTrueAsync(() => Log.Count(7043) == 1, "the refusal is told");
    }

    [Fact]
    public async Task A_server_that_was_restored_from_a_backup_is_believed()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, $"\"a\": {On}", revision: 50);
        await using var connection = await ConnectWithFlagsAsync(server, options =>
        {
            options.TimeProvider = Time;
            options.Follow = SetpointFollow.Poll;
        });
        await Soon.BecomesTrueAsync(() => server.Flags.Held == 1, "the server holds a poll");

        server.Flags.Publish(Own, $"\"a\": {Off}", revision: 10);

        await AdvanceUntilAsync(() => !connection.Client.Flags.GetBoolean("a", true), "the restored flags are taken");
        connection.Client.Flags.Status.Namespaces[0].Revision.ShouldBe(10);
    }

    [Fact]
    public async Task Garbage_keeps_the_last_good_flags()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, $"\"a\": {On}");
        await using var connection = await ConnectWithFlagsAsync(server);
        await StreamingAsync(connection);
        await SettledAsync(server);

        foreach (var body in (string[])["<html>", "[]", """{"namespace":"other","environment":"production","version":9,"chain":[],"flags":[],"segments":[]}""", """{"namespace":"global"}"""])
        {
            server.Flags.DefinitionsScript = ScriptedServer.Body(body);
            var asked = server.RequestsTo("/api/flags/definitions").Count;
            server.Flags.Publish(Own, $"\"a\": {Off}");
            await Soon.BecomesTrueAsync(() => server.RequestsTo("/api/flags/definitions").Count > asked, "the client asks");
            await Soon.BecomesTrueAsync(() => connection.Client.Flags.Status.Namespaces[0].LastError is not null, "the trouble is noted");
        }

        connection.Client.Flags.GetBoolean("a", false).ShouldBeTrue();
        Log.Count(7043).ShouldBe(1);
        server.Flags.DefinitionsScript = null;
        server.Flags.Publish(Own, $"\"a\": {Off}");
        await Soon.BecomesTrueAsync(() => !connection.Client.Flags.GetBoolean("a", true), "the client recovers");
        connection.Client.Flags.Status.Namespaces[0].LastError.ShouldBeNull();
    }

    [Fact]
    public async Task Evaluations_while_flags_change_see_one_state_or_the_other()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, $"\"a\": {On}");
        await using var connection = await ConnectWithFlagsAsync(server);
        var flags = connection.Client.Flags;
        await StreamingAsync(connection);
        var wrong = 0;
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    if (flags.GetBooleanDetails("a", false) is not { Value: true, ErrorCode: null, Variant: "on" })
                        Interlocked.Increment(ref wrong);
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToList();

        for (var i = 0; i < 10; i++)
        {
            var revision = server.Flags.Revision + 1;
            server.Flags.Publish(Own, $"\"a\": {On.Replace("\"defaultVariant\"", $"\"description\":\"{i}\",\"defaultVariant\"", StringComparison.Ordinal)}");
            await Soon.BecomesTrueAsync(() => flags.Status.Namespaces[0].Revision == revision, "the change arrives");
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        wrong.ShouldBe(0);
    }

    /// <summary>The request that the opening of the stream causes is over.</summary>
    private static Task SettledAsync(ScriptedServer server) =>
        Soon.BecomesTrueAsync(() => server.RequestsTo("/api/flags/definitions").Count >= 2 && !UnderWay.AnyTo(server.Port), "the opened stream asked once");
}
