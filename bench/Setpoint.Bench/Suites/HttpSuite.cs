using System.Globalization;
using System.Text.Json.Nodes;
using Setpoint.Bench.Harness;
using Setpoint.Bench.Load;
using Setpoint.Bench.Targets;

namespace Setpoint.Bench.Suites;

/// <summary>P1, P3 and P8: cached reads and 304 beside bare Kestrel, first reads after a change, reads while others write.</summary>
internal static class HttpSuite
{
    private const int Connections = 32;
    private const int BodyBytes = 2048;
    private const int WrittenNamespaces = 16;
    private const string Namespace = "bench-0";
    private const string ReadPath = $"/api/config/{Namespace}?environment=production";

    public static async Task<Report> RunAsync(BenchOptions options)
    {
        var report = new Report("http", "Reads over HTTP: P1, P3, P8");
        using var folder = new TempFolder("http");
        using var ours = await SetpointServer.StartAsync(folder.Path);
        for (var i = 0; i < WrittenNamespaces; i++)
            await ours.PutConfigAsync($"bench-{i}", "production", ConfigWithTick(0));
        var (body, etag) = await ours.GetBytesAsync(ReadPath);
        if (etag.Length == 0)
            throw new BenchException("The answer has no ETag.");
        using var floor = await FloorServer.StartAsync("floor-http", body.Length);

        await ClosedLoopAsync(report, options, floor, ours, etag, body.Length);
        Polls(report, options, ours, etag);
        FixedRate(report, options, floor, ours);
        await FirstReadsAsync(report, options, floor, ours);
        return report;
    }

    /// <summary>P1, first half: how many a second.</summary>
    private static async Task ClosedLoopAsync(
        Report report, BenchOptions options, FloorServer floor, SetpointServer ours, string etag, int bodyBytes)
    {
        var work = new WrkWork[]
        {
            new("floor: minimal API, same size", $"{floor.Url}/blob", floor.Process, []),
            new("Setpoint: cached GET", ours.Url + ReadPath, ours.Process, [SetpointServer.KeyHeader]),
            new("floor: 304", $"{floor.Url}/etag", floor.Process, ["If-None-Match: \"0123456789abcdef0123456789abcdef\""]),
            new("Setpoint: 304", ours.Url + ReadPath, ours.Process, [SetpointServer.KeyHeader, $"If-None-Match: {etag}"]),
        };
        var duration = TimeSpan.FromSeconds(options.Choose(4, 2));
        foreach (var item in work)
            await item.WarmUpAsync(TimeSpan.FromSeconds(options.Choose(3, 2)));

        var before = await ours.MetricsAsync();
        var fileReads = ours.Process.FileReads();
        for (var round = 0; round < options.RoundsOr(5, 3); round++)
        {
            foreach (var item in work)
                await item.MeasureAsync(duration);
        }

        fileReads = ours.Process.FileReads() - fileReads;
        var after = await ours.MetricsAsync();
        var table = report.Table(
            string.Create(CultureInfo.InvariantCulture, $"As fast as it goes: wrk -t2 -c32, {bodyBytes} bytes of body, rounds interleaved"),
            WrkWork.Columns);
        for (var i = 0; i < work.Length; i++)
            table.Row(work[i].Row(work[i - (i % 2)]));
        table.Note("Setpoint authenticates each request; the floor has no key to look at. CPU a request hardly depends on what else the machine does.");
        report.GoalAtLeast("P1", "cached GET / floor", Samples.Ratios(work[1].PerSecond, work[0].PerSecond), 0.85);
        report.GoalAtLeast("P1", "304 / floor 304", Samples.Ratios(work[3].PerSecond, work[2].PerSecond), 0.90);
        Counters(report, before, after, fileReads, work[1].Requests + work[3].Requests);
    }

    /// <summary>P8: what the server counted while it answered.</summary>
    private static void Counters(
        Report report, IReadOnlyDictionary<string, double> before, IReadOnlyDictionary<string, double> after, double fileReads, double requests)
    {
        var changed = after
            .Select(pair => (pair.Key, Difference: pair.Value - before.GetValueOrDefault(pair.Key)))
            .Where(pair => pair.Difference != 0)
            .ToList();
        bool Counts(string name, params string[] words) =>
            words.All(word => name.Contains(word, StringComparison.OrdinalIgnoreCase)) && !name.Contains("bucket", StringComparison.Ordinal);
        var known = after.Keys.Any(name => Counts(name, "store", "read"));
        var storeReads = changed.Where(pair => Counts(pair.Key, "store", "read") && !Counts(pair.Key, "sum")).Sum(pair => pair.Difference);
        var renders = changed.Where(pair => Counts(pair.Key, "render", "miss")).Sum(pair => pair.Difference);
        var table = report.Table("What the server counted meanwhile", "counter", "value");
        table.Row("requests answered (by wrk)", requests.ToString("#,0", CultureInfo.InvariantCulture))
            .Row("reads of the store", known ? storeReads.ToString("#,0", CultureInfo.InvariantCulture) : "no such counter")
            .Row("read(2) and pread(2) of files, counted by the kernel", fileReads.ToString("#,0", CultureInfo.InvariantCulture))
            .Row("renders (cache misses)", renders.ToString("#,0", CultureInfo.InvariantCulture));
        if (known)
        {
            // The runtime reads a file of its own now and then (cgroup limits); a store read per thousand requests would still show.
            report.Goal(
                "P8",
                "0 store reads for all reads",
                string.Create(CultureInfo.InvariantCulture, $"{storeReads:#,0} counted by the server, {fileReads:#,0} file reads by the kernel"),
                storeReads == 0 && fileReads < requests / 1000);
        }
        else
            report.GoalOpen("P8", "0 store reads for all reads", "/metrics has no counter of store reads");
    }

    /// <summary>P8: apps that poll while others write: nobody is sent what he has.</summary>
    private static void Polls(Report report, BenchOptions options, SetpointServer ours, string etag)
    {
        const int Rate = 1_000;
        const int WriteEvery = 10;
        ReadOnlyMemory<byte> poll = Requests.Get(ReadPath, SetpointServer.KeyHeader, $"If-None-Match: {etag}");
        var result = new HttpLoad(ours.Port, Connections).Run(
            number => number % WriteEvery == 0 ? WriteRequest($"bench-{1 + (number / WriteEvery % (WrittenNamespaces - 1))}", number + 1) : poll,
            Rate,
            TimeSpan.FromSeconds(options.Choose(5, 2))).Expect(200, 304);
        var polls = result.Latency.Count - (result.Latency.Count / WriteEvery);
        var share = 100.0 * result.Statuses.GetValueOrDefault(304) / polls;
        report.Goal("P8", "polls answered 304 while others are written >= 99.9 %", share.ToString("0.00", CultureInfo.InvariantCulture) + " %", share >= 99.9);
    }

    /// <summary>P1, second half, and P3's: latency at 10,000 a second, alone and while 1,000 writes a second land.</summary>
    private static void FixedRate(Report report, BenchOptions options, FloorServer floor, SetpointServer ours)
    {
        const int Reads = 10_000;
        const int Writes = 1_000;
        var duration = TimeSpan.FromSeconds(options.Choose(5, 3));
        var warmUp = TimeSpan.FromSeconds(1);
        ReadOnlyMemory<byte> floorRead = Requests.Get("/blob");
        ReadOnlyMemory<byte> ourRead = Requests.Get(ReadPath, SetpointServer.KeyHeader);
        var floorResults = new Latencies();
        var quiet = new Latencies();
        var elsewhere = new Latencies();
        var busy = new Latencies();
        var writes = new Latencies();
        long tick = 1;
        for (var round = 0; round < options.RoundsOr(5, 2); round++)
        {
            floorResults.Add(new HttpLoad(floor.Port, Connections).Run(_ => floorRead, Reads, duration, warmUp).Expect(200));
            quiet.Add(new HttpLoad(ours.Port, Connections).Run(_ => ourRead, Reads, duration, warmUp).Expect(200));
            elsewhere.Add(BesideWrites(from: 1));
            busy.Add(BesideWrites(from: 0));
        }

        var table = report.Table(
            string.Create(CultureInfo.InvariantCulture, $"{Reads:#,0} reads a second, evenly spaced, latency from the intended time of sending"),
            "work", "p50 ms", "p99 ms", "p99.9 ms", "max ms");
        table.Row(floorResults.Row("floor: minimal API, same size"))
            .Row(quiet.Row("Setpoint: cached GET"))
            .Row(elsewhere.Row("Setpoint, while 1,000 durable writes/s go to other namespaces"))
            .Row(busy.Row("Setpoint, while 1,000 durable writes/s go to 16 namespaces, this one among them"))
            .Row(writes.Row("(those writes themselves)"));
        var overFloor = Samples.Ratios(quiet.P99, floorResults.P99);
        var underWrites = Samples.Ratios(elsewhere.P99, quiet.P99);
        report.Goal("P1", "p99 at 10k/s / floor's <= 1.5", overFloor.TextAndRange("0.00"), overFloor.Median <= 1.5);
        report.GoalAtMost("P1", "p99 at 10k/s", quiet.P99.Median, 5, " ms", floorResults.P99.Median);
        report.Goal("P3", "p99 during 1k writes/s / without <= 2", underWrites.TextAndRange("0.00"), underWrites.Median <= 2);

        LoadResult BesideWrites(int from)
        {
            var (read, written) = LoadPair.Run(
                () => new HttpLoad(ours.Port, Connections).Run(_ => ourRead, Reads, duration, warmUp),
                over => new HttpLoad(ours.Port, Connections).Run(
                    number => WriteRequest($"bench-{from + (number % (WrittenNamespaces - from))}", tick++), Writes, duration + (warmUp * 3), default, over));
            writes.Add(written.Expect(200));
            return read.Expect(200);
        }
    }

    /// <summary>P3: each view is read once after the commit that changed it.</summary>
    private static async Task FirstReadsAsync(Report report, BenchOptions options, FloorServer floor, SetpointServer ours)
    {
        const int Rate = 1_000;
        var seconds = options.Choose(5, 2);
        var namespaces = Rate * seconds;
        await TouchAsync(create: true);
        ReadOnlyMemory<byte> floorRead = Requests.Get("/blob");
        var requests = Enumerable.Range(0, namespaces)
            .Select(i => (ReadOnlyMemory<byte>)Requests.Get($"/api/config/first-{i}?environment=production", SetpointServer.KeyHeader)).ToArray();
        var floorResults = new Latencies();
        var first = new Latencies();
        var again = new Latencies();
        for (var round = 0; round < options.RoundsOr(3, 2); round++)
        {
            if (round > 0)
                await TouchAsync(create: false);
            var duration = TimeSpan.FromSeconds(seconds);
            floorResults.Add(new HttpLoad(floor.Port, Connections).Run(_ => floorRead, Rate, duration).Expect(200));
            first.Add(new HttpLoad(ours.Port, Connections).Run(number => requests[number % namespaces], Rate, duration).Expect(200));
            again.Add(new HttpLoad(ours.Port, Connections).Run(number => requests[number % namespaces], Rate, duration).Expect(200));
        }

        report.Table(
                string.Create(CultureInfo.InvariantCulture, $"First read after a change: {namespaces:#,0} namespaces of 2 KB, all changed, then each read once, {Rate:#,0} a second"),
                "work", "p50 ms", "p99 ms", "p99.9 ms", "max ms")
            .Row(floorResults.Row("floor: minimal API, same size"))
            .Row(first.Row("Setpoint: first read"))
            .Row(again.Row("Setpoint: the same again, now cached"));
        report.GoalAtMost("P3", "first read at 1k/s, p99", first.P99.Median, 5, " ms", floorResults.P99.Median);

        async Task TouchAsync(bool create)
        {
            const int PerCommit = 250;
            var stamp = Guid.NewGuid().ToString("N");
            for (var from = 0; from < namespaces; from += PerCommit)
            {
                var changes = new JsonArray();
                for (var i = from; i < Math.Min(from + PerCommit, namespaces); i++)
                {
                    if (create)
                        changes.Add(new JsonObject { ["address"] = $"namespace/first-{i}", ["document"] = new JsonObject { ["kind"] = "service" } });
                    var config = SampleConfig.OfSize(BodyBytes - 150, i);
                    config["stamp"] = stamp;
                    changes.Add(new JsonObject { ["address"] = $"config/first-{i}/env/production", ["document"] = config });
                }

                await ours.SendAsync(HttpMethod.Post, "/api/commits", new JsonObject { ["message"] = "bench", ["changes"] = changes }.ToJsonString());
            }
        }
    }

    private static JsonObject ConfigWithTick(long tick)
    {
        var config = SampleConfig.OfSize(BodyBytes - 250);
        config["tick"] = PushSwarm.Tick(tick);
        return config;
    }

    private static ReadOnlyMemory<byte> WriteRequest(string ns, long tick) => Requests.Write(
        "PUT", $"/api/config/{ns}", SetpointServer.ConfigBody("production", TickTemplate.Replace("tick-000000000", PushSwarm.Tick(tick), StringComparison.Ordinal)),
        SetpointServer.KeyHeader);

    private static readonly string TickTemplate = ConfigWithTick(0).ToJsonString();
}
