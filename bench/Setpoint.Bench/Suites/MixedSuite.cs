using System.Globalization;
using Setpoint.Bench.Harness;
using Setpoint.Bench.Load;
using Setpoint.Bench.Targets;

namespace Setpoint.Bench.Suites;

/// <summary>P9: configurations, 304s and evaluations in one stream of requests, as fast as it goes and at a fixed rate beside audited writes.</summary>
internal static class MixedSuite
{
    private const int Connections = 32;
    private const int Flags = 100;
    private const int BodyBytes = 2048;
    private const string Read = "mixed-read";

    public static async Task<Report> RunAsync(BenchOptions options)
    {
        var report = new Report("mixed", "Mixed load: P9");
        using var folder = new TempFolder("mixed");
        using var ours = await SetpointServer.StartAsync(folder.Path);
        var path = $"/api/config/{Read}?environment=production";
        await ours.PutConfigAsync(Read, "production", SampleConfig.OfSize(BodyBytes - 250));
        await FlagMix.FillAsync(ours, "global", Flags);
        var (body, etag) = await ours.GetBytesAsync(path);
        using var floor = await FloorServer.StartAsync("floor-http", body.Length);
        var requests = MixedLoad.Of(path, etag, Flags);
        var floorRequests = MixedLoad.OfFloor(Flags);
        MixedLoad.Check(ours.Port, requests);
        MixedLoad.Check(floor.Port, floorRequests);

        var work = new WrkWork[]
        {
            new("floor: the same mix, minimal API", floor.Url, floor.Process, [], WrkScript.Write(folder, "floor", floorRequests)),
            new("Setpoint", ours.Url, ours.Process, [], WrkScript.Write(folder, "ours", requests)),
        };
        await WrkWork.MeasureInTurnsAsync(work, options);
        var table = report.Table(
            string.Create(CultureInfo.InvariantCulture, $"40 % GET of {body.Length:#,0} bytes, 40 % 304, 20 % evaluate one of {Flags} flags: wrk -t2 -c32, rounds interleaved"),
            WrkWork.Columns);
        foreach (var item in work)
            table.Row(item.Row(work[0]));
        var ratios = Samples.Ratios(work[1].PerSecond, work[0].PerSecond);
        report.Goal(
            "P9",
            "mixed >= 60,000/s, or >= 0.7 of the mixed floor",
            $"{work[1].PerSecond.Text("#,0")}/s, {ratios.TextAndRange("0.00")}",
            work[1].PerSecond.Median >= 60_000 || ratios.Median >= 0.7);
        FixedRate(report, options, floor, ours, floorRequests, requests);
        return report;
    }

    private static void FixedRate(Report report, BenchOptions options, FloorServer floor, SetpointServer ours, byte[][] floorRequests, byte[][] requests)
    {
        const int Rate = 10_000;
        const int Writes = 100;
        var duration = TimeSpan.FromSeconds(options.Choose(5, 3));
        var warmUp = TimeSpan.FromSeconds(1);
        Latencies floorResults = new(), quiet = new(), busy = new(), writes = new();
        for (var round = 0; round < options.RoundsOr(5, 2); round++)
        {
            floorResults.Add(Mix(floor.Port, floorRequests));
            quiet.Add(Mix(ours.Port, requests));
            var (read, written) = LoadPair.Run(
                () => Mix(ours.Port, requests),
                over => new HttpLoad(ours.Port, 4).Run(Write, Writes, duration + (warmUp * 3), default, over).Expect(200, 201));
            busy.Add(read);
            writes.Add(written);
        }

        report.Table(
                string.Create(CultureInfo.InvariantCulture, $"{Rate:#,0} requests of the mix a second, evenly spaced, latency from the intended time of sending"),
                "work", "p50 ms", "p99 ms", "p99.9 ms", "max ms")
            .Row(floorResults.Row("floor"))
            .Row(quiet.Row("Setpoint"))
            .Row(busy.Row($"Setpoint, while {Writes} audited writes/s land: 9 of 10 configurations, the tenth a flag of the set that is evaluated"))
            .Row(writes.Row("(those writes themselves)"));
        report.GoalAtMost("P9", "10k/s beside 100 audited writes/s, p99", busy.P99.Median, 3, " ms", floorResults.P99.Median);

        LoadResult Mix(int port, byte[][] mix) =>
            new HttpLoad(port, Connections).Run(number => mix[number % mix.Length], Rate, duration, warmUp).Expect(200, 304);
    }

    // Numbered from the start of the run, so that none repeats what is there already.
    private static long _written;

    private static ReadOnlyMemory<byte> Write(long _)
    {
        var number = _written++;
        if (number % 10 == 9)
        {
            return Requests.Write(
                "PATCH", $"/api/features/{FlagMix.KeyOf((int)(number / 10 % Flags))}", $"{{\"description\":\"change {number}\"}}", SetpointServer.KeyHeader);
        }

        var config = SampleConfig.OfSize(BodyBytes - 250);
        config["change"] = number;
        return Requests.Write("PUT", $"/api/config/mixed-{number % 16}", SetpointServer.ConfigBody("production", config.ToJsonString()), SetpointServer.KeyHeader);
    }
}
