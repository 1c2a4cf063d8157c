using System.Diagnostics;
using System.Globalization;
using Setpoint.Bench.Harness;
using Setpoint.Bench.Load;
using Setpoint.Bench.Targets;

namespace Setpoint.Bench.Suites;

/// <summary>P2: what an SDK fetches to evaluate itself, beside bytes of the same size; and what a set of 10,000 flags costs.</summary>
internal static class FlagSetSuite
{
    private const int Large = 10_000;
    private const string LargeNamespace = "large";

    public static async Task<Report> RunAsync(BenchOptions options)
    {
        var report = new Report("flagset", "Sets of flags: P2, and 10,000 flags");
        using var folder = new TempFolder("flagset");
        using var ours = await SetpointServer.StartAsync(folder.Path);
        await DefinitionsAsync(report, options, ours);
        await LargeAsync(report, options, ours);
        return report;
    }

    private static async Task DefinitionsAsync(Report report, BenchOptions options, SetpointServer ours)
    {
        var floors = new List<FloorServer>();
        try
        {
            var work = new List<WrkWork>();
            foreach (var count in (int[])[100, 1_000])
            {
                var ns = $"sdk-{count}";
                var path = $"/api/flags/definitions?namespace={ns}&environment={FlagMix.Environment}";
                await FlagMix.FillAsync(ours, ns, count);
                var (body, etag) = await ours.GetBytesAsync(path);
                var known = System.Text.Json.JsonDocument.Parse(body).RootElement.GetProperty("flags").GetArrayLength();
                if (known != count || etag.Length == 0)
                    throw new BenchException($"The definitions of {count} flags hold {known}, and their tag is '{etag}'.");
                FlagAnswers.Expect(Exchange.Of(ours.Port, [Requests.Get(path, SetpointServer.KeyHeader, $"If-None-Match: {etag}")]), 304);
                var floor = await FloorServer.StartAsync("floor-http", body.Length);
                floors.Add(floor);
                var size = string.Create(CultureInfo.InvariantCulture, $"{body.Length / 1024.0:#,0} KiB");
                work.Add(new($"floor: minimal API, {size}", $"{floor.Url}/blob", floor.Process, []));
                work.Add(new($"Setpoint: definitions of {count:#,0} flags, {size}", ours.Url + path, ours.Process, [SetpointServer.KeyHeader]));
            }

            await WrkWork.MeasureInTurnsAsync(work, options);
            var table = report.Table("What an SDK fetches: wrk -t2 -c32, not compressed, rounds interleaved", WrkWork.Columns);
            for (var i = 0; i < work.Count; i++)
                table.Row(work[i].Row(work[i - (i % 2)]));
            report.GoalAtLeast("P2", "definitions of 100 flags / same size", Samples.Ratios(work[1].PerSecond, work[0].PerSecond), 0.90);
            report.GoalAtLeast("P2", "definitions of 1,000 flags / same size", Samples.Ratios(work[3].PerSecond, work[2].PerSecond), 0.90);
        }
        finally
        {
            foreach (var floor in floors)
                floor.Dispose();
        }
    }

    private static async Task LargeAsync(Report report, BenchOptions options, SetpointServer ours)
    {
        await FlagMix.FillAsync(ours, LargeNamespace, Large);
        var list = Requests.Get($"/api/features?namespace={LargeNamespace}&environment={FlagMix.Environment}", SetpointServer.KeyHeader);
        var listed = System.Text.Json.JsonDocument.Parse(Exchange.Of(ours.Port, [list])[0].Body).RootElement.GetProperty("total").GetInt32();
        if (listed != Large)
            throw new BenchException($"The list holds {listed} flags instead of {Large}.");
        FlagAnswers.Check(FlagMix.Compile(LargeNamespace, Large), Exchange.Of(ours.Port, Enumerable.Range(0, 2).Select(user => FlagMix.Evaluate(user, null, LargeNamespace))), null);
        FlagAnswers.CheckOfrep(FlagMix.Compile(LargeNamespace, Large), Exchange.Of(ours.Port, Enumerable.Range(0, 2).Select(user => FlagMix.Ofrep(user, null, LargeNamespace))), null);

        using var connection = new BlockingConnection(ours.Port);
        Samples lists = new(), bulk = new(), ofrep = new(), writes = new(), first = new(), listAfter = new(), shown = new();
        var rounds = options.RoundsOr(60, 15);
        for (var round = -5; round < rounds; round++)
        {
            var user = (round + 5) % FlagMix.Users;
            var listTime = Time(connection, list);
            var bulkTime = Time(connection, FlagMix.Evaluate(user, null, LargeNamespace));
            var ofrepTime = Time(connection, FlagMix.Ofrep(user, null, LargeNamespace));

            // A switch that is turned off and on: the first answer after the write must be the new one.
            var flag = FlagMix.KeyOf(0);
            var enabled = round % 2 == 0;
            var begin = Stopwatch.GetTimestamp();
            var writeTime = Time(connection, Requests.Write(
                "PATCH", $"/api/features/{flag}?namespace={LargeNamespace}", $"{{\"enabled\":{(enabled ? "true" : "false")}}}", SetpointServer.KeyHeader));
            var firstTime = Time(connection, FlagMix.Evaluate(user, 0, LargeNamespace));
            var shownTime = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            var answer = Exchange.Of(ours.Port, [FlagMix.Evaluate(user, 0, LargeNamespace)])[0].Body;
            if (!answer.Contains(enabled ? "\"enabled\":true" : "\"enabled\":false", StringComparison.Ordinal))
                throw new BenchException($"After the write that set enabled to {enabled} the flag answers {answer}.");
            var listAfterTime = Time(connection, list);
            if (round < 0)
                continue;
            lists.Add(listTime);
            bulk.Add(bulkTime);
            ofrep.Add(ofrepTime);
            writes.Add(writeTime);
            first.Add(firstTime);
            shown.Add(shownTime);
            listAfter.Add(listAfterTime);
        }

        report.Table(string.Create(CultureInfo.InvariantCulture, $"A set of {Large:#,0} flags, one caller, {rounds} times"), "work", "p50 ms", "p99 ms", "max ms")
            .Row(Row("list of all", lists))
            .Row(Row("list of all, first after a change", listAfter))
            .Row(Row("evaluate all", bulk))
            .Row(Row("OFREP, all", ofrep))
            .Row(Row("write of one flag: checked, audited, fsync", writes))
            .Row(Row("evaluate that flag, first after the write", first))
            .Row(Row("write sent until an answer shows it", shown));
        report.GoalAtMost("scale", "list of 10,000 flags, p50", lists.Median, 50, " ms");
        report.GoalAtMost("scale", "the same, first after a change, p50", listAfter.Median, 50, " ms");
    }

    private static double Time(BlockingConnection connection, byte[] request)
    {
        var begin = Stopwatch.GetTimestamp();
        connection.Send(request);
        connection.ReadExpected(200);
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }

    private static string[] Row(string name, Samples samples) => [name, samples.Text("0.00"), samples.Percentile(99).ToString("0.00", CultureInfo.InvariantCulture), samples.Max.ToString("0.0", CultureInfo.InvariantCulture)];
}
