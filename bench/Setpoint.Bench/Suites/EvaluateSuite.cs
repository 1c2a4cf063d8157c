using System.Globalization;
using Setpoint.Bench.Harness;
using Setpoint.Bench.Load;
using Setpoint.Bench.Targets;

namespace Setpoint.Bench.Suites;

/// <summary>P5: flags evaluated over HTTP, one and all, beside a server that parses the same body and answers; OFREP beside what Unleash Edge publishes.</summary>
internal static class EvaluateSuite
{
    private const int Connections = 32;
    private const int FlagsInOne = 100;
    private const int Checked = 64;

    public static async Task<Report> RunAsync(BenchOptions options)
    {
        var report = new Report("evaluate", "Flags over HTTP: P5");
        using var folder = new TempFolder("evaluate");
        using var ours = await SetpointServer.StartAsync(folder.Path);
        using var floor = await FloorServer.StartAsync("floor-http");
        foreach (var (ns, count) in ((string, int)[])[("global", FlagsInOne), ("thousand", 1_000), ("five", 5), ("many", 350)])
            await FlagMix.FillAsync(ours, ns, count);

        await ClosedLoopAsync(report, options, folder, floor, ours);
        FixedRate(report, options, floor, ours);
        await BulkAsync(report, options, folder, floor, ours);
        return report;
    }

    private static async Task ClosedLoopAsync(Report report, BenchOptions options, TempFolder folder, FloorServer floor, SetpointServer ours)
    {
        // Each user asks for another flag: 13 and 100 have no common divisor.
        static int FlagOf(int user) => user * 13 % FlagsInOne;
        var hundred = FlagMix.Compile("global", FlagsInOne);
        var floorRequests = ByUser(user => FlagMix.Evaluate(user, FlagOf(user), path: "/document"));
        var one = ByUser(user => FlagMix.Evaluate(user, FlagOf(user)));
        var ofrep = ByUser(user => FlagMix.Ofrep(user, FlagOf(user)));
        var all = ByUser(user => FlagMix.Evaluate(user, null));
        var thousand = ByUser(user => FlagMix.Evaluate(user, null, "thousand"));
        FlagAnswers.Expect(Exchange.Of(floor.Port, floorRequests), 200);
        FlagAnswers.Check(hundred, Exchange.Of(ours.Port, one), FlagOf);
        FlagAnswers.CheckOfrep(hundred, Exchange.Of(ours.Port, ofrep), FlagOf);
        FlagAnswers.Check(hundred, Exchange.Of(ours.Port, all[..Checked]), null);
        FlagAnswers.Check(FlagMix.Compile("thousand", 1_000), Exchange.Of(ours.Port, thousand[..Checked]), null);

        var work = new WrkWork[]
        {
            new("floor: POST, the same body parsed, a short answer", floor.Url, floor.Process, [], WrkScript.Write(folder, "floor", floorRequests)),
            new("Setpoint: evaluate one of 100", ours.Url, ours.Process, [], WrkScript.Write(folder, "one", one)),
            new("Setpoint: OFREP, one of 100", ours.Url, ours.Process, [], WrkScript.Write(folder, "ofrep", ofrep)),
            new("Setpoint: evaluate all of 100", ours.Url, ours.Process, [], WrkScript.Write(folder, "all", all)),
            new("Setpoint: evaluate all of 1,000", ours.Url, ours.Process, [], WrkScript.Write(folder, "thousand", thousand)),
        };
        await WrkWork.MeasureInTurnsAsync(work, options);
        var table = report.Table(
            string.Create(CultureInfo.InvariantCulture, $"As fast as it goes: wrk -t2 -c32, {FlagMix.Users:#,0} users in turn, rounds interleaved"), WrkWork.Columns);
        foreach (var item in work)
            table.Row(item.Row(work[0]));
        table.Note("Setpoint authenticates each request and counts each evaluation; 7 of 10 answers depend on the user. Answers were compared with the evaluator in process first.");
        report.GoalAtLeast("P5", "evaluate one / POST floor", Samples.Ratios(work[1].PerSecond, work[0].PerSecond), 0.75);
        report.GoalAtLeast("P5", "OFREP one / POST floor", Samples.Ratios(work[2].PerSecond, work[0].PerSecond), 0.75);
        report.GoalAtLeast("P5", "all of 100 / POST floor", Samples.Ratios(work[3].PerSecond, work[0].PerSecond), 0.25);
        var thousandPerSecond = work[4].PerSecond;
        report.Goal("P5", "all of 1,000 >= 20 x FeatBit's 109/s", thousandPerSecond.TextAndRange("#,0") + "/s", thousandPerSecond.Median >= 20 * 109);
    }

    private static void FixedRate(Report report, BenchOptions options, FloorServer floor, SetpointServer ours)
    {
        const int Rate = 5_000;
        var duration = TimeSpan.FromSeconds(options.Choose(5, 3));
        var warmUp = TimeSpan.FromSeconds(1);
        var floorRequests = ByUser(user => FlagMix.Evaluate(user, 0, path: "/document"));
        var all = ByUser(user => FlagMix.Evaluate(user, null));
        Latencies floorResults = new(), results = new();
        for (var round = 0; round < options.RoundsOr(5, 2); round++)
        {
            floorResults.Add(new HttpLoad(floor.Port, Connections).Run(number => floorRequests[number % FlagMix.Users], Rate, duration, warmUp).Expect(200));
            results.Add(new HttpLoad(ours.Port, Connections).Run(number => all[number % FlagMix.Users], Rate, duration, warmUp).Expect(200));
        }

        report.Table(
                string.Create(CultureInfo.InvariantCulture, $"{Rate:#,0} a second, evenly spaced, latency from the intended time of sending"),
                "work", "p50 ms", "p99 ms", "p99.9 ms", "max ms")
            .Row(floorResults.Row("floor: POST"))
            .Row(results.Row("Setpoint: evaluate all of 100"));
        report.GoalAtMost("P5", "all of 100 at 5k/s, p99", results.P99.Median, 10, " ms", floorResults.P99.Median);
    }

    /// <summary>All flags by OFREP, told and not told again.</summary>
    private static async Task BulkAsync(Report report, BenchOptions options, TempFolder folder, FloorServer floor, SetpointServer ours)
    {
        var work = new List<WrkWork>
        {
            new("floor: POST", floor.Url, floor.Process, [], WrkScript.Write(folder, "floor-bulk", ByUser(user => FlagMix.Evaluate(user, 0, path: "/document")))),
        };
        foreach (var (ns, count) in ((string, int)[])[("five", 5), ("many", 350)])
        {
            var requests = ByUser(user => FlagMix.Ofrep(user, null, ns));
            var answers = Exchange.Of(ours.Port, requests);
            FlagAnswers.CheckOfrep(FlagMix.Compile(ns, count), [.. answers.Take(Checked)], null);
            var again = ByUser(user => FlagMix.Ofrep(user, null, ns, answers[user].Header("ETag")));
            FlagAnswers.Expect(Exchange.Of(ours.Port, again), 304);
            work.Add(new($"Setpoint: OFREP, all of {count}", ours.Url, ours.Process, [], WrkScript.Write(folder, ns, requests)));
            work.Add(new($"Setpoint: OFREP, all of {count}, 304", ours.Url, ours.Process, [], WrkScript.Write(folder, ns + "-again", again)));
        }

        await WrkWork.MeasureInTurnsAsync(work, options);
        var table = report.Table("OFREP, all flags: wrk -t2 -c32, rounds interleaved", [.. WrkWork.Columns, "req/s per core of the server", "Unleash Edge publishes, per core"]);
        string[] published = ["", "39,000", "", "6,900", ""];
        for (var i = 0; i < work.Count; i++)
            table.Row([.. work[i].Row(work[0]), PerCore(work[i]).ToString("#,0", CultureInfo.InvariantCulture), published[i]]);
        table.Note("Per core: a second of the server's CPU time over that of a request. Edge's figures are of other machines and its own endpoint of all toggles.");
        report.Goal("P5", "OFREP, all of 5, per core >= 39,000/s", PerCore(work[1]).ToString("#,0", CultureInfo.InvariantCulture) + "/s", PerCore(work[1]) >= 39_000);
        report.Goal("P5", "OFREP, all of 350, per core >= 6,900/s", PerCore(work[3]).ToString("#,0", CultureInfo.InvariantCulture) + "/s", PerCore(work[3]) >= 6_900);
    }

    private static double PerCore(WrkWork work) => 1e6 / work.CpuMicroseconds.Median;

    private static byte[][] ByUser(Func<int, byte[]> request) => [.. Enumerable.Range(0, FlagMix.Users).Select(request)];
}
