using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Setpoint.Server.Process;
using Setpoint.Server.Process.Telemetry;
using Setpoint.Server.Tests.Host;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Telemetry;

public sealed partial class MetricsTests
{
    [Fact]
    public async Task What_readers_and_writers_do_is_counted()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutAsync("/api/config/mail", """{"config":{"retries":3}}""");
        var first = await server.GetAsync("/api/config/mail");
        await server.GetAsync("/api/config/mail", ("If-None-Match", first.ETag!));

        var reply = await server.GetAsync("/metrics");

        reply.Status.ShouldBe(HttpStatusCode.OK);
        reply.Message.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        var figures = Parse(reply.Text);
        figures["""setpoint_config_reads_total{status="200"}"""].ShouldBe(1);
        figures["""setpoint_config_reads_total{status="304"}"""].ShouldBe(1);
        figures["""setpoint_config_renders_total{result="miss"}"""].ShouldBe(1);
        figures["""setpoint_config_renders_total{result="hit"}"""].ShouldBe(1);
        figures["setpoint_ledger_commits_total"].ShouldBe(1);
        figures["setpoint_ledger_group_size_count"].ShouldBe(1);
        figures["""setpoint_ledger_group_size_bucket{le="1"}"""].ShouldBe(1);
        figures["setpoint_ledger_queue_wait_seconds_count"].ShouldBe(1);
        figures["setpoint_ledger_append_duration_seconds_sum"].ShouldBeGreaterThan(0);
        figures["""setpoint_ledger_append_duration_seconds_bucket{le="+Inf"}"""].ShouldBe(1);
        figures.Keys.ShouldContain(key => key.StartsWith("setpoint_build_info{version=", StringComparison.Ordinal));
        figures["process_resident_memory_bytes"].ShouldBeGreaterThan(1_000_000);
        figures["process_start_time_seconds"].ShouldBeGreaterThan(1_600_000_000);
        figures["process_cpu_seconds_total"].ShouldBeGreaterThan(0);
        figures["""dotnet_gc_collections_total{generation="0"}"""].ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task Figures_are_not_for_everybody()
    {
        await using var server = await RunningServer.StartAsync();
        using var nobody = server.NewClient(key: null);

        using var reply = await nobody.GetAsync("/metrics", TestContext.Current.CancellationToken);

        reply.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldNotContain("setpoint_");
    }

    [Fact]
    public void Two_servers_in_one_process_count_for_themselves()
    {
        using var one = new ServerMeter();
        using var other = new ServerMeter();
        one.Counter("setpoint.test.things", "{thing}", "Things.").Add(2);
        other.Counter("setpoint.test.things", "{thing}", "Things.").Add(5);

        Text(one).ShouldBe("# HELP setpoint_test_things_total Things.\n# TYPE setpoint_test_things_total counter\nsetpoint_test_things_total 2\n");
        Text(other).ShouldEndWith("setpoint_test_things_total 5\n");
    }

    [Fact]
    public void Labels_and_help_are_escaped_and_a_histogram_is_cumulative()
    {
        using var meter = new ServerMeter();
        var counter = meter.Counter("setpoint.odd-name", "By", "A \\ and\na line.");
        counter.Add(1, new KeyValuePair<string, object?>("a.b", "say \"hi\" \\ \n."));
        counter.Add(2, new KeyValuePair<string, object?>("a.b", 7));
        var histogram = meter.Histogram<double>("setpoint.took", "s", "Took.", [0.5, 1]);
        histogram.Record(0.5);
        histogram.Record(0.75);
        histogram.Record(3);
        meter.Gauge("setpoint.level", "", "Level.", () => 42);

        Text(meter).ShouldBe(
            """
            # HELP setpoint_level Level.
            # TYPE setpoint_level gauge
            setpoint_level 42
            # HELP setpoint_odd_name_bytes_total A \\ and\na line.
            # TYPE setpoint_odd_name_bytes_total counter
            setpoint_odd_name_bytes_total{a_b="say \"hi\" \\ \n."} 1
            setpoint_odd_name_bytes_total{a_b="7"} 2
            # HELP setpoint_took_seconds Took.
            # TYPE setpoint_took_seconds histogram
            setpoint_took_seconds_bucket{le="0.5"} 1
            setpoint_took_seconds_bucket{le="1"} 2
            setpoint_took_seconds_bucket{le="+Inf"} 3
            setpoint_took_seconds_sum 4.25
            setpoint_took_seconds_count 3

            """);
    }

    [Fact]
    public async Task No_count_is_lost_when_many_count_at_once()
    {
        using var meter = new ServerMeter();
        var counter = meter.Counter("setpoint.many", "{thing}", "Things.");
        var histogram = meter.Histogram<int>("setpoint.sizes", "{thing}", "Sizes.", [1, 2]);
        var start = new ManualResetEventSlim();
        var threads = Enumerable.Range(0, 8).Select(number =>
        {
            var done = new TaskCompletionSource();
            new Thread(() =>
            {
                start.Wait();
                for (var i = 0; i < 20_000; i++)
                {
                    counter.Add(1, new KeyValuePair<string, object?>("who", i % 2 == 0 ? "even" : "odd"));
                    histogram.Record(number % 3);
                }

                done.SetResult();
            }).Start();
            return done.Task;
        }).ToList();
        start.Set();
        await Task.WhenAll(threads);

        var figures = Parse(Text(meter));
        figures["""setpoint_many_total{who="even"}"""].ShouldBe(80_000);
        figures["""setpoint_many_total{who="odd"}"""].ShouldBe(80_000);
        figures["setpoint_sizes_count"].ShouldBe(160_000);
        figures["setpoint_sizes_sum"].ShouldBe(20_000 * Enumerable.Range(0, 8).Sum(number => number % 3));
    }

    [Fact]
    public void Series_without_bound_end_in_one()
    {
        using var meter = new ServerMeter();
        var counter = meter.Counter("setpoint.wild", "{thing}", "Things.");
        for (var i = 0; i < 2_000; i++)
            counter.Add(1, new KeyValuePair<string, object?>("id", i));

        var figures = Parse(Text(meter));
        figures.Count.ShouldBe(513);
        figures["""setpoint_wild_total{overflow="true"}"""].ShouldBe(2_000 - 512);
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        using var meter = new ServerMeter();
        var counter = meter.Counter("setpoint.fast", "{thing}", "Things.");
        KeyValuePair<string, object?>[] tags = [new("result", "hit"), new("result", "miss")];

        Allocation.Of(() =>
        {
            foreach (var tag in tags)
                counter.Add(1, tag);
        }).ShouldBe(0);
    }

    private static string Text(ServerMeter meter)
    {
        var output = new PrometheusText();
        foreach (var family in meter.Board.Observe())
            output.Write(family);
        return output.ToString();
    }

    /// <summary>Reads the format as a scraper does, strictly.</summary>
    private static Dictionary<string, double> Parse(string text)
    {
        text.ShouldEndWith("\n");
        var figures = new Dictionary<string, double>(StringComparer.Ordinal);
        var typed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n')[..^1])
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
                typed.Add(line.Split(' ')[2]).ShouldBeTrue(line);
            if (line.StartsWith('#'))
                continue;
            var match = SampleLine().Match(line);
            match.Success.ShouldBeTrue(line);
            var name = match.Groups["name"].Value;
            typed.ShouldContain(type => name == type || name == type + "_bucket" || name == type + "_sum" || name == type + "_count", line);
            figures.Add(match.Groups["key"].Value, double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture));
        }

        return figures;
    }

    [GeneratedRegex("""^(?<key>(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*",?)+\})?) (?<value>[-+.0-9eE]+)$""")]
    private static partial Regex SampleLine();
}
