using System.Text.Json;
using Setpoint.Client.Flags.Exposures;
using Setpoint.Client.Tests.FakeServer;
using Setpoint.Core.Flags;
using Setpoint.Core.Statistics;

namespace Setpoint.Client.Tests.Flags;

public sealed class ExposureTests : FlagTest
{
    [Fact]
    public async Task Counts_are_sent_by_flag_variant_and_reason_after_the_interval()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, $"\"a\": {On}, \"never\": {On}, \"off\": {On.Replace("\"variants\"", "\"state\":\"disabled\",\"variants\"", StringComparison.Ordinal)}");
        await using var connection = await ConnectWithFlagsAsync(server, options => options.TimeProvider = Time);
        for (var i = 0; i < 1000; i++)
            connection.Client.Flags.GetBoolean("a", false);
        connection.Client.Flags.GetBooleanDetails("off", true);
        connection.Client.Flags.GetBoolean("absent", true);

        await AdvanceUntilAsync(() => !server.Flags.Exposures.IsEmpty, "the report is sent");

        var report = JsonDocument.Parse(server.Flags.Exposures.ShouldHaveSingleItem()).RootElement;
        report.GetProperty("service").GetString().ShouldBe("notification-service");
        report.GetProperty("environment").GetString().ShouldBe("production");
        report.GetProperty("namespace").GetString().ShouldBe(Own);
        report.GetProperty("sequence").GetInt64().ShouldBe(1);
        report.GetProperty("from").GetString().ShouldBe("2026-11-20T12:00:00.000Z");
        (report.GetProperty("to").GetDateTimeOffset() - report.GetProperty("from").GetDateTimeOffset()).ShouldBeInRange(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(11));
        report.GetProperty("counts").EnumerateArray().Select(count => count.GetRawText()).Order(StringComparer.Ordinal).ShouldBe(
            ["""{"flag":"a","variant":"on","reason":"STATIC","count":1000}""", """{"flag":"off","reason":"DISABLED","count":1}"""]);
    }

    [Fact]
    public async Task Users_are_counted_about_without_being_named()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, $"\"a\": {On}, \"b\": {On}");
        var connection = await ConnectWithFlagsAsync(server);
        for (var i = 0; i < 3000; i++)
            connection.Client.Flags.GetBoolean("a", false, FlagContext.Of($"user-{i % 1000}"));
        connection.Client.Flags.GetBoolean("b", false);
        await connection.DisposeAsync();

        var body = server.Flags.Exposures.ShouldHaveSingleItem();
        var keys = JsonDocument.Parse(body).RootElement.GetProperty("keys").EnumerateArray().ShouldHaveSingleItem();
        keys.GetProperty("flag").GetString().ShouldBe("a");
        HyperLogLog.FromBytes(keys.GetProperty("sketch").GetBytesFromBase64()).Value.Estimate().ShouldBeInRange(950, 1050);
        body.ShouldNotContain("user-");
    }

    [Fact]
    public async Task A_large_report_travels_in_parts()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, string.Join(',', Enumerable.Range(0, 120).Select(i => $"\"f{i}\": {On}")));
        var connection = await ConnectWithFlagsAsync(server);
        for (var i = 0; i < 120; i++)
            connection.Client.Flags.GetBoolean($"f{i}", false, FlagContext.Of("ann"));
        await connection.DisposeAsync();

        server.Flags.Exposures.Count.ShouldBe(3);
        Counts(server).Count.ShouldBe(120);
        server.Flags.Exposures.Sum(body => JsonDocument.Parse(body).RootElement.GetProperty("keys").GetArrayLength()).ShouldBe(120);
    }

    [Fact]
    public async Task Nothing_is_lost_when_a_flag_changes_and_what_is_left_is_sent_at_the_stop()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, $"\"a\": {On}, \"b\": {On}");
        var connection = await ConnectWithFlagsAsync(server);
        await StreamingAsync(connection);
        for (var i = 0; i < 10; i++)
        {
            connection.Client.Flags.GetBoolean("a", false);
            connection.Client.Flags.GetBoolean("b", false);
        }

        server.Flags.Publish(Own, $"\"a\": {Off}, \"b\": {On}");
        await Soon.BecomesTrueAsync(() => !connection.Client.Flags.GetBooleanDetails("a", true).Value, "the change arrives");
        var more = connection.Client.Flags.GetBoolean("b", false);
        await connection.DisposeAsync();

        more.ShouldBeTrue();
        var counts = Counts(server);
        counts["a on"].ShouldBeGreaterThanOrEqualTo(10);
        counts["a off"].ShouldBe(1);
        counts["b on"].ShouldBe(11);
        connection.Client.Flags.Status.ExposuresDropped.ShouldBe(0);
    }

    [Fact]
    public async Task A_server_that_is_away_gets_the_counts_later_and_each_once()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, $"\"a\": {On}");
        server.Flags.ExposuresScript = ScriptedServer.Status(502);
        await using var connection = await ConnectWithFlagsAsync(server, options => options.TimeProvider = Time);
        connection.Client.Flags.GetBoolean("a", false);
        await AdvanceUntilAsync(() => server.Flags.Exposures.Count == 2, "it is tried, and tried again");

        server.Flags.Exposures.Distinct().Count().ShouldBe(1, "a report that is sent again is the same");
        connection.Client.Flags.GetBoolean("a", false);
        server.Flags.ExposuresScript = null;
        server.Flags.Exposures.Clear();
        await AdvanceUntilAsync(() => server.Flags.Exposures.Count == 2, "both reports arrive");

        Counts(server)["a on"].ShouldBe(2);
        Log.Count(7047).ShouldBe(0);
        connection.Client.Flags.Status.ExposuresDropped.ShouldBe(0);
    }

    [Fact]
    public async Task A_server_without_the_route_is_told_of_once_and_asked_seldom()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, $"\"a\": {On}");
        server.Flags.ExposuresScript = ScriptedServer.Status(404, """{"code":"NotFound","detail":"No such route."}""");
        await using var connection = await ConnectWithFlagsAsync(server, options =>
        {
            options.TimeProvider = Time;
            options.Flags.ExposureInterval = TimeSpan.FromMinutes(1);
        });
        connection.Client.Flags.GetBoolean("a", false);

        await AdvanceUntilAsync(() => server.Flags.Exposures.Count == 2, "it is tried twice");

        Time.Elapsed.ShouldBeGreaterThan(TimeSpan.FromMinutes(5));
        Log.Count(7047).ShouldBe(1);
        connection.Client.Flags.Status.ExposuresDropped.ShouldBe(0, "they wait");
    }

    [Fact]
    public async Task A_report_that_the_server_refuses_is_dropped_and_counted()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, $"\"a\": {On}");
        server.Flags.ExposuresScript = ScriptedServer.Status(400, """{"code":"MalformedRequest","detail":"No."}""");
        await using var connection = await ConnectWithFlagsAsync(server, options => options.TimeProvider = Time);
        for (var i = 0; i < 3; i++)
            connection.Client.Flags.GetBoolean("a", false);

        await AdvanceUntilAsync(() => connection.Client.Flags.Status.ExposuresDropped == 3, "they are dropped");

        server.Flags.Exposures.Count.ShouldBe(1);
        Log.Count(7047).ShouldBe(1);
    }

    [Fact]
    public async Task Reports_can_be_off()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, $"\"a\": {On}");
        var connection = await ConnectWithFlagsAsync(server, options => options.Flags.ReportsExposures = false);
        connection.Client.Flags.GetBoolean("a", false).ShouldBeTrue();

        await connection.DisposeAsync();

        server.Flags.Exposures.ShouldBeEmpty();
    }

    [Fact]
    public void The_queue_is_bounded_and_the_oldest_give_way()
    {
        var queue = new ExposureQueue();
        // 20 reports of 200,000 bytes each are 4,000,000; the limit is 4,194,304.
        for (var i = 1; i <= 22; i++)
            queue.Add(Report(i, counts: 2_000)).ShouldBe(i <= 20 ? 0 : 2_000 * 5);

        queue.Dropped.ShouldBe(2 * 2_000 * 5);
        queue.Oldest!.Sequence.ShouldBe(3);
        for (var i = 3; i <= 22; i++)
            queue.Remove();
        queue.Oldest.ShouldBeNull();
    }

    private static ExposureReport Report(long sequence, int counts) => new(
        "global", sequence, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch,
        [.. Enumerable.Range(0, counts).Select(i => new FlagUsage($"flag-{i}", "on", FlagReason.Static, 5))], []);

    private static Dictionary<string, long> Counts(ScriptedServer server) => server.Flags.Exposures
        .SelectMany(body => JsonDocument.Parse(body).RootElement.GetProperty("counts").EnumerateArray())
        .GroupBy(count => $"{count.GetProperty("flag").GetString()} {count.GetProperty("variant").GetString()}", count => count.GetProperty("count").GetInt64())
        .ToDictionary(group => group.Key, group => group.Sum());
}
