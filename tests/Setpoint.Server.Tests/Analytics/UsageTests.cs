using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Setpoint.Core.Flags;
using Setpoint.Core.Statistics;
using Setpoint.Server.Analytics;
using Setpoint.Server.Delivery;
using Setpoint.Server.Flags;
using Setpoint.Server.Process;
using Setpoint.Server.Rollouts;
using Setpoint.Server.Tests.Flags;
using Setpoint.Server.Tests.Host;
using Setpoint.Storage.Sqlite;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Analytics;

/// <summary>How often flags gave which answer.</summary>
public sealed class UsageTests : IAsyncLifetime
{
    private const string Analytics = "/api/features/banner/analytics?environment=production";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await CommitBannerAsync(_server, "off");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Evaluations_of_this_server_are_counted_by_variant_and_reason()
    {
        await EvaluateAsync(_server, 3);

        var reply = await _server.GetAsync(Analytics);

        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        reply.At("/evaluations").ShouldBe("3");
        reply.At("/variants").ShouldBe("""[{"variant":"off","count":3,"share":1}]""");
        reply.At("/reasons").ShouldBe("""[{"reason":"STATIC","count":3}]""");
        reply.At("/environments").ShouldBe("""[{"environment":"production","count":3}]""");
        reply.At("/hours/0/variants").ShouldBe("""[{"variant":"off","count":3}]""");
        (await _server.GetAsync("/api/features/banner/analytics?environment=staging")).At("/evaluations").ShouldBe("0");
    }

    [Fact]
    public async Task A_change_that_is_told_to_followers_is_no_evaluation()
    {
        var feeds = _server.App.Services.GetRequiredService<FlagFeedTable>();
        var feed = feeds.Join(new FlagTarget("global", "production"));

        await CommitBannerAsync(_server, "on");
        await Eventually.TrueAsync(() => feed.Next(0) is not null, "the change is told");

        feed.Next(0)!.Key.ShouldBe("banner");
        (await _server.GetAsync(Analytics)).At("/evaluations").ShouldBe("0");
    }

    [Fact]
    public async Task A_flag_that_is_changed_in_between_loses_no_count()
    {
        await EvaluateAsync(_server, 2);
        for (var i = 0; i < 100; i++)
        {
            await CommitBannerAsync(_server, i % 2 == 0 ? "on" : "off");
            await EvaluateAsync(_server, 1);
        }

        (await _server.GetAsync(Analytics)).At("/variants").ShouldBe(
            """[{"variant":"off","count":52,"share":0.509804},{"variant":"on","count":50,"share":0.490196}]""");
        (await _server.GetAsync(Analytics)).At("/evaluations").ShouldBe("102", "looking does not count again");
    }

    [Fact]
    public async Task What_is_looked_at_early_is_missing_from_no_look_that_comes_at_the_same_time()
    {
        // Looking at so many takes a tenth of a millisecond: long enough for the other look to come in the middle of it.
        var documents = Enumerable.Range(0, 8_000).Select(i => $$$"""{"address":"flag/large/f{{{i:D4}}}","document":{"variants":{"on":true},"defaultVariant":"on"}}""");
        (await _server.PostAsync("/api/commits", $$"""{"changes":[{{string.Join(',', documents)}}]}""")).Status.ShouldBe(HttpStatusCode.Created);
        using var meter = new ServerMeter();
        var flags = new FlagBoard(_server.Board, new FlagMetrics(meter), NullLogger<FlagBoard>.Instance);
        var counted = flags.Find("large", "production").Value.Set;
        var other = flags.Find("global", "production").Value.Set;
        using var together = new Barrier(2);
        for (var round = 0; round < 500; round++)
        {
            var replaced = new ReplacedFlags();
            counted.Evaluate("f0000", FlagContext.Of("ann"), DateTimeOffset.UnixEpoch);
            replaced.Add(counted);
            for (var i = 1; i < 32; i++)
                replaced.Add(other);

            // One more than wait: the oldest is looked at, which is the one with the count.
            var adding = Task.Run(() =>
            {
                together.SignalAndWait();
                replaced.Add(other);
            });
            together.SignalAndWait();
            var seen = replaced.Drain().Sum(usage => usage.Usage.Sum(one => one.Count));

            seen.ShouldBe(1, $"round {round}");
            await adding;
        }
    }

    [Fact]
    public async Task Counts_survive_a_restart()
    {
        using var folder = new TempFolder();
        await using (var first = await RunningServer.StartAsync(settings => settings with { DataFolder = folder.File("data") }))
        {
            await CommitBannerAsync(first, "off");
            await EvaluateAsync(first, 4);
            await ReportAsync(first, 1, """{"flag":"banner","variant":"on","reason":"SPLIT","count":5}""");
        }

        await using var second = await RunningServer.StartAsync(settings => settings with { DataFolder = folder.File("data") });

        (await second.GetAsync(Analytics)).At("/evaluations").ShouldBe("9");
    }

    [Fact]
    public async Task A_report_counts_once_however_often_it_is_sent()
    {
        const string Row = """{"flag":"banner","variant":"on","reason":"SPLIT","count":5},{"flag":"banner","reason":"DISABLED","count":2}""";
        (await ReportAsync(_server, 1, Row)).Text.ShouldBe("""{"accepted":7,"ignored":0,"repeated":false}""");
        (await ReportAsync(_server, 1, Row)).Text.ShouldBe("""{"accepted":0,"ignored":0,"repeated":true}""");
        (await ReportAsync(_server, 2, Row)).At("/accepted").ShouldBe("7");
        (await ReportAsync(_server, 1, Row, client: "another")).At("/accepted").ShouldBe("7");

        (await _server.GetAsync(Analytics)).At("/variants").ShouldBe(
            """[{"variant":"on","count":15,"share":0.714286},{"variant":null,"count":6,"share":0.285714}]""");
    }

    [Fact]
    public async Task What_does_not_exist_is_not_counted_and_the_rest_of_the_report_is()
    {
        var reply = await ReportAsync(_server, 1, """
            {"flag":"banner","variant":"on","reason":"SPLIT","count":5},{"flag":"banner","variant":"purple","reason":"SPLIT","count":7},
            {"flag":"nobody","variant":"on","reason":"SPLIT","count":11}
            """);

        reply.Text.ShouldBe("""{"accepted":5,"ignored":18,"repeated":false}""");
        (await _server.GetAsync(Analytics)).At("/evaluations").ShouldBe("5");
    }

    [Fact]
    public async Task Distinct_keys_are_estimated_over_all_processes()
    {
        await ReportKeysAsync("one", 0, 3000, precision: 14);
        await ReportKeysAsync("two", 2000, 5000, precision: 12);

        var reply = await _server.GetAsync(Analytics);

        double.Parse(reply.At("/distinctKeys/estimate")!).ShouldBe(5000, 250);
        (await _server.GetAsync("/api/features/banner/analytics?environment=staging")).At("/distinctKeys").ShouldBeNull();
    }

    [Fact]
    public async Task Keys_that_this_server_evaluates_for_count_with_those_of_processes_and_each_once()
    {
        await ReportKeysAsync("one", 0, 200, precision: 12);
        for (var round = 0; round < 2; round++)
        {
            for (var user = 150; user < 300; user++)
                await AskAsync(_server, $"user-{user}", bulk: user % 2 == 0);
            (await _server.GetAsync(Analytics)).At("/distinctKeys/estimate").ShouldBe(EstimateOf(300), $"round {round}");
        }

        // Everybody once more, after a change of the flag: what is replaced loses nobody, and nobody counts twice.
        await CommitBannerAsync(_server, "on");
        await AskAsync(_server, "user-300", bulk: false);
        var reply = await _server.GetAsync(Analytics);
        reply.At("/distinctKeys/estimate").ShouldBe(EstimateOf(301));
        reply.At("/evaluations").ShouldBe("301");
        (await _server.GetAsync("/api/features/banner/analytics?environment=staging")).At("/distinctKeys").ShouldBeNull();
    }

    [Fact]
    public async Task A_change_of_one_flag_forgets_nobody_who_asked_for_another()
    {
        (await _server.PutAsync("/api/features/other", Samples.Boolean("other"))).Status.ShouldBe(HttpStatusCode.Created);
        var flags = NewBoard();
        foreach (var key in new[] { "banner", "other" })
            flags.Find("global", "production").Value.Set.Evaluate(key, FlagContext.Of("ann"), DateTimeOffset.UnixEpoch);
        await CommitBannerAsync(_server, "on");
        var set = flags.Find("global", "production").Value.Set;

        // What is replaced is looked at twice.
        var taken = Enumerable.Range(0, 2).SelectMany(_ => flags.DrainUsage(KeysTaken.None).ToList()).SelectMany(usage => usage.Keys).Select(keys => keys.Key);

        taken.Order().ShouldBe(["banner", "other"]);
        set.NewKeys(out var sketches).ShouldBeEmpty("ann is no news to 'other', and 'banner' is another one now");
        sketches.ShouldBe(1);
    }

    private FlagBoard NewBoard() => new(
        _server.Board, _server.App.Services.GetRequiredService<FlagMetrics>(), Microsoft.Extensions.Logging.Abstractions.NullLogger<FlagBoard>.Instance);

    [Fact]
    public async Task Who_asked_yesterday_is_counted_again_today_and_not_for_today_before_he_asks()
    {
        using var folder = new TempFolder();
        using var meter = new ServerMeter();
        var time = new ManualTime(new DateTimeOffset(2026, 11, 20, 23, 59, 0, TimeSpan.Zero));
        await using var store = SqliteLedger.CreateUsage(new SqliteOptions(folder.Path, time));
        var flags = NewBoard();
        var metrics = new AnalyticsMetrics(meter);
        using var arms = new ArmObserver(new ArmExposures(new RolloutMetrics(meter), time), new RunningExperiments(_server.Board), store, metrics, time);
        using var collector = new UsageCollector(
            new UsageBuffer(metrics), flags, arms, store, new ServerSettings(), time, metrics, Microsoft.Extensions.Logging.Abstractions.NullLogger<UsageCollector>.Instance);

        await AskAsync("ann", "eve");
        time.Advance(TimeSpan.FromMinutes(2));
        await collector.FlushAsync(TestContext.Current.CancellationToken);
        await SeenAsync(20, 2);
        await SeenAsync(21, null);
        await AskAsync("ann", "bob", "max", "ann");

        await SeenAsync(20, 2);
        await SeenAsync(21, 3);

        async Task AskAsync(params string[] users)
        {
            foreach (var user in users)
                flags.Find("global", "production").Value.Set.Evaluate("banner", FlagContext.Of(user), time.GetUtcNow());
            if (time.GetUtcNow().Day == 21)
                await collector.FlushAsync(TestContext.Current.CancellationToken);
        }

        async Task SeenAsync(int day, int? users)
        {
            var from = new DateTimeOffset(2026, 11, day, 0, 0, 0, TimeSpan.Zero);
            var keys = await store.ReadKeysAsync("global", "banner", "production", from, from.AddDays(1), TestContext.Current.CancellationToken);
            (keys is null ? (double?)null : Math.Round(keys.Estimate())).ShouldBe(users, $"day {day}");
        }
    }

    [Fact]
    public async Task Keys_survive_a_restart_and_who_has_none_is_nobody()
    {
        using var folder = new TempFolder();
        await using (var first = await RunningServer.StartAsync(settings => settings with { DataFolder = folder.File("data") }))
        {
            await CommitBannerAsync(first, "off");
            (await first.PostAsync("/api/features/evaluate?environment=production", """{"context":{"plan":"pro"}}""")).Status.ShouldBe(HttpStatusCode.OK);
            (await first.GetAsync(Analytics)).At("/distinctKeys").ShouldBeNull();
            await AskAsync(first, "ann", bulk: false);
        }

        await using var second = await RunningServer.StartAsync(settings => settings with { DataFolder = folder.File("data") });
        await AskAsync(second, "ann", bulk: true);
        await AskAsync(second, "bob", bulk: true);

        (await second.GetAsync(Analytics)).At("/distinctKeys/estimate").ShouldBe("2");
    }

    [Fact]
    public async Task A_clock_that_runs_ahead_fills_no_hour_that_has_not_come()
    {
        await ReportAsync(_server, 1, """{"flag":"banner","variant":"on","reason":"SPLIT","count":5}""", to: DateTimeOffset.UtcNow.AddHours(9));

        (await _server.GetAsync(Analytics)).At("/evaluations").ShouldBe("5");
        var old = await ReportAsync(_server, 2, """{"flag":"banner","variant":"on","reason":"SPLIT","count":5}""", to: DateTimeOffset.UtcNow.AddDays(-91));
        old.Text.ShouldBe("""{"accepted":0,"ignored":5,"repeated":false}""");
    }

    [Fact]
    public async Task Days_choose_what_is_counted()
    {
        var then = DateTimeOffset.UtcNow.AddDays(-20);
        await ReportAsync(_server, 1, """{"flag":"banner","variant":"on","reason":"SPLIT","count":5}""", to: then);
        var day = then.ToString("yyyy-MM-dd");

        (await _server.GetAsync(Analytics)).At("/evaluations").ShouldBe("0", "seven days are the default");
        (await _server.GetAsync($"{Analytics}&startDate={day}&endDate={day}")).At("/evaluations").ShouldBe("5");
    }

    [Theory]
    [InlineData("/api/features/banner/analytics?enviroment=production", 400)]
    [InlineData("/api/features/banner/analytics?environment=nowhere", 404)]
    [InlineData("/api/features/nobody/analytics", 404)]
    [InlineData("/api/features/banner/analytics?startDate=2026-11-20&endDate=2026-11-01", 400)]
    [InlineData("/api/features/banner/analytics?startDate=2020-01-01&endDate=2026-11-01", 400)]
    [InlineData("/api/features/banner/analytics?startDate=yesterday", 400)]
    [InlineData("/api/features/banner/analytics?startDate=10:30", 400)]
    [InlineData("/api/features/banner/analytics?endDate=9999-12-31", 400)]
    [InlineData("/api/features/banner/analytics?endDate=0001-01-01", 400)]
    [InlineData("/api/features/banner/analytics?startDate=9999-12-31T23:59:59Z&endDate=9999-12-31T23:59:59Z", 400)]
    [InlineData("/api/features/banner/analytics?startDate=0001-01-01&endDate=0001-01-02", 400)]
    [InlineData("/api/features?stale=true&days=0", 400)]
    [InlineData("/api/features?stale=true&days=91", 400)]
    [InlineData("/api/features?stale=yes", 400)]
    [InlineData("/api/features?days=7&environment=production", 400)]
    [InlineData("/api/features?stale=true&enabled=true", 400)]
    [InlineData("/api/features?stale=true&namespace=nowhere", 404)]
    [InlineData("/api/features?stale=true&environment=nowhere", 404)]
    public async Task A_question_that_makes_no_sense_is_refused(string path, int status) =>
        ((int)(await _server.GetAsync(path)).Status).ShouldBe(status);

    [Theory]
    [InlineData("""{"namespace":"global","to":"2026-11-20T12:00:00Z","counts":[]}""", "environment")]
    [InlineData("""{"environment":"production","namespace":"global","to":"noon","counts":[]}""", "RFC 3339")]
    [InlineData("""{"environment":"production","namespace":"global","to":"2026-11-20T12:00:00Z","counts":[{"flag":"banner","reason":"SPLIT","count":0}]}""", "from 1 to")]
    [InlineData("""{"environment":"production","namespace":"global","to":"2026-11-20T12:00:00Z","counts":[{"flag":"banner","reason":"LUCK","count":1}]}""", "TARGETING_MATCH")]
    [InlineData("""{"environment":"production","namespace":"global","to":"2026-11-20T12:00:00Z","counts":[7]}""", "Entry 0")]
    [InlineData("""{"environment":"production","namespace":"global","to":"2026-11-20T12:00:00Z","counts":[],"keys":[{"flag":"banner","sketch":"AQ=="}]}""", "Entry 0")]
    [InlineData("""{"environment":"production","namespace":"global","to":"2026-11-20T12:00:00Z","counts":[],"keys":[{"flag":"banner","sketch":"AQoA"}]}""", "precision 12")]
    [InlineData("""{"environment":"production","namespace":"global","to":"2026-11-20T12:00:00Z","counts":[],"extra":1}""", "extra")]
    public async Task A_report_that_cannot_be_read_is_refused_with_the_rule(string body, string rule)
    {
        var reply = await _server.PostAsync("/api/features/exposures", body);

        reply.Status.ShouldBe(HttpStatusCode.BadRequest, reply.Text);
        reply.Text.ShouldContain(rule);
        (await _server.GetAsync(Analytics)).At("/evaluations").ShouldBe("0");
    }

    [Fact]
    public async Task A_store_that_does_not_work_costs_counts_and_nothing_else()
    {
        using var folder = new TempFolder();
        var data = Directory.CreateDirectory(folder.File("data")).FullName;
        var file = Path.Combine(data, "usage.db");
        await File.WriteAllTextAsync(file, new string('x', 5000), TestContext.Current.CancellationToken);
        await using var server = await RunningServer.StartAsync(settings => settings with { DataFolder = data, LogLevel = Microsoft.Extensions.Logging.LogLevel.None });
        await CommitBannerAsync(server, "off");
        await EvaluateAsync(server, 3);

        (await server.GetAsync(Analytics)).ShouldSatisfyAllConditions(
            reply => reply.Status.ShouldBe(HttpStatusCode.ServiceUnavailable),
            reply => reply.Code.ShouldBe("StoreUnavailable"));
        await EvaluateAsync(server, 1);
        File.Delete(file);

        (await server.GetAsync(Analytics)).At("/evaluations").ShouldBe("4", "what could not be stored was kept");
    }

    [Fact]
    public void A_full_buffer_drops_what_is_new_and_counts_it()
    {
        using var meter = new ServerMeter();
        var buffer = new UsageBuffer(new AnalyticsMetrics(meter));
        for (var i = 0; i <= UsageBuffer.CellsMax; i++)
            buffer.Add(new("global", $"flag-{i}", "production", "on", "SPLIT"), DateTimeOffset.UnixEpoch, 1);
        buffer.Add(new("global", "flag-0", "production", "on", "SPLIT"), DateTimeOffset.UnixEpoch, 1);

        var batch = buffer.Take();

        batch.Counts.Count.ShouldBe(UsageBuffer.CellsMax);
        batch.Counts.Sum(row => row.Count).ShouldBe(UsageBuffer.CellsMax + 1);
        buffer.Take().Counts.ShouldBeEmpty();
    }

    [Fact]
    public void Processes_that_went_silent_are_forgotten_and_no_others()
    {
        var seen = new SeenReports();
        for (var i = 0; i < SeenReports.ClientsMax * 3; i++)
        {
            seen.Take($"short-lived-{i}", 1).ShouldBeTrue();
            if (i % 1000 == 0)
                seen.Take("steady", i + 1).ShouldBeTrue();
        }

        seen.Take("steady", 1).ShouldBeFalse();
        seen.Take("short-lived-0", 1).ShouldBeTrue();
    }

    internal static async Task CommitBannerAsync(RunningServer server, string defaultVariant)
    {
        var body = $$"""{"changes":[{"address":"flag/global/banner","document":{"variants":{"on":true,"off":false},"defaultVariant":"{{defaultVariant}}"} }]}""";
        (await server.PostAsync("/api/commits", body)).Status.ShouldBe(HttpStatusCode.Created);
    }

    private static async Task EvaluateAsync(RunningServer server, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var reply = await server.PostAsync("/api/features/evaluate?environment=production", """{"context":{"targetingKey":"ann"},"flags":["banner"]}""");
            reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        }
    }

    /// <summary>What a sketch says that was given these users one by one: that is what one put together of parts has to say.</summary>
    private static string EstimateOf(int users)
    {
        var sketch = new HyperLogLog(12);
        for (var i = 0; i < users; i++)
            sketch.Add($"user-{i}");
        return Math.Round(sketch.Estimate()).ToString("0");
    }

    private static async Task AskAsync(RunningServer server, string user, bool bulk)
    {
        var path = bulk ? "/in/global/production/ofrep/v1/evaluate/flags" : "/api/features/evaluate?environment=production";
        var reply = await server.PostAsync(path, $$$"""{"context":{"targetingKey":"{{{user}}}"}}""");
        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
    }

    private static Task<Reply> ReportAsync(RunningServer server, long sequence, string rows, string client = "one", DateTimeOffset? to = null) =>
        server.PostAsync("/api/features/exposures", $$"""
            {"service":"shop","environment":"production","namespace":"global","client":"{{client}}","sequence":{{sequence}},
             "from":"2026-11-20T11:59:50.000Z","to":"{{to ?? DateTimeOffset.UtcNow:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}}","counts":[{{rows}}]}
            """);

    private async Task ReportKeysAsync(string client, int first, int end, int precision)
    {
        var keys = new HyperLogLog(precision);
        for (var i = first; i < end; i++)
            keys.Add($"user-{i}");
        var reply = await _server.PostAsync("/api/features/exposures", $$"""
            {"environment":"production","namespace":"global","client":"{{client}}","sequence":1,"to":"{{DateTimeOffset.UtcNow:yyyy-MM-dd'T'HH:mm:ss'Z'}}",
             "counts":[],"keys":[{"flag":"banner","sketch":"{{Convert.ToBase64String(keys.ToBytes())}}"}]}
            """);
        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
    }
}
