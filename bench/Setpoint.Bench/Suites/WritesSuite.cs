using System.Globalization;
using Setpoint.Bench.Floors;
using Setpoint.Bench.Harness;
using Setpoint.Bench.Load;
using Setpoint.Bench.Targets;

namespace Setpoint.Bench.Suites;

/// <summary>P12: durable commits over HTTP, one writer and 32, beside the disk, SQLite, an HTTP server that keeps nothing, and etcd.</summary>
internal static class WritesSuite
{
    private const int Namespaces = 64;
    private const int ValueBytes = 256;

    public static async Task<Report> RunAsync(BenchOptions options)
    {
        var report = new Report("writes", "Durable writes: P12");
        using var folder = new TempFolder("writes");
        using var ours = await SetpointServer.StartAsync(folder.Path);
        using var http = await FloorServer.StartAsync("floor-http");
        using var etcd = await EtcdServer.TryStartAsync();
        using var storage = new StorageFloor();
        var padding = new string('x', ValueBytes - PushSwarm.TickLength);
        ReadOnlyMemory<byte> floorWrite = Requests.Write("PUT", "/document", Body(0));
        long tick = 0;
        for (var i = 0; i < Namespaces; i++)
            await ours.SendAsync(HttpMethod.Put, $"/api/config/write-{i}", Body(tick++));

        var duration = TimeSpan.FromSeconds(options.Choose(4, 2));
        var warmUp = TimeSpan.FromSeconds(1);
        var rows = new Dictionary<string, Latencies>();
        var groups = "";
        foreach (var writers in (int[])[1, 32])
        {
            var ratios = new Samples();
            var before = await ours.MetricsAsync();
            for (var round = 0; round < options.RoundsOr(5, 2); round++)
            {
                Keep($"disk: append + fdatasync, {writers} a sync", storage.Append(writers, duration / 2));
                Keep($"SQLite WAL FULL in process: change + audit row, {writers} a transaction", storage.Sqlite(writers, duration / 2));
                Load($"Kestrel PUT that keeps nothing, {writers} writers", http.Port, writers, _ => floorWrite, 200);
                if (etcd is not null)
                    Load($"etcd 3.4 put (JSON gateway), {writers} writers", etcd.Port, writers, number => EtcdServer.PutRequest($"write-{number % Namespaces}", padding), 200);
                Load($"**Setpoint PUT: checked, audited, fsync, {writers} writers**", ours.Port, writers, OurWrite, 200);
                if (etcd is not null)
                    ratios.Add(Last(rows[$"**Setpoint PUT: checked, audited, fsync, {writers} writers**"]) / Last(rows[$"etcd 3.4 put (JSON gateway), {writers} writers"]));
            }

            groups += $" {GroupSize(before, await ours.MetricsAsync())} with {writers} writer(s);";
            var setpoint = rows[$"**Setpoint PUT: checked, audited, fsync, {writers} writers**"];
            if (writers == 1)
            {
                report.GoalAtMost("P12", "one writer, p50", setpoint.P50.Median, 0.8, " ms");
                continue;
            }

            report.Goal("P12", "32 writers >= 15,000/s", setpoint.PerSecond.TextAndRange("#,0"), setpoint.PerSecond.Median >= 15_000);
            if (etcd is not null)
                report.GoalAtLeast("P12", "32 writers / etcd's gateway put", ratios, 1.2);
            else
                report.GoalOpen("P12", "32 writers / etcd's gateway put >= 1.2", "etcd is not installed here (apt-get install etcd-server)");
        }

        var table = report.Table($"{ValueBytes} bytes a value, {Namespaces} namespaces", "work", "per second", "x SQLite", "p50 ms", "p99 ms", "p99.9 ms", "max ms");
        foreach (var (name, result) in rows)
        {
            var row = result.Row(name);
            var floor = rows.First(pair => pair.Key.StartsWith("SQLite", StringComparison.Ordinal) && pair.Key.Contains(name.Contains("32", StringComparison.Ordinal) ? " 32 " : " 1 ", StringComparison.Ordinal));
            table.Row(row[0], result.PerSecond.TextAndRange("#,0"), Samples.Ratios(result.PerSecond, floor.Value.PerSecond).Text("0.00"), row[1], row[2], row[3], row[4]);
        }

        table.Note("The latencies of the first two kinds of rows are of a whole sync or transaction. All clients run on the same cores.");
        table.Note($"Commits that shared one fsync, on average:{groups.TrimEnd(';')}.");
        return report;

        string Body(long number) => SetpointServer.ConfigBody(environment: null, $"{{\"value\":\"{PushSwarm.Tick(number)}{padding}\"}}");

        ReadOnlyMemory<byte> OurWrite(long number) => Requests.Write("PUT", $"/api/config/write-{number % Namespaces}", Body(tick++), SetpointServer.KeyHeader);

        void Load(string name, int port, int writers, Func<long, ReadOnlyMemory<byte>> request, int expected) =>
            Of(name).Add(new HttpLoad(port, writers).Run(request, ratePerSecond: null, duration, warmUp).Expect(expected));

        void Keep(string name, (LatencyHistogram Latency, double RowsPerSecond) result) =>
            Of(name).Add(new LoadResult(result.Latency, result.RowsPerSecond, new Dictionary<int, long>(), Unanswered: 0));

        Latencies Of(string name) => rows.TryGetValue(name, out var known) ? known : rows[name] = new();

        static string GroupSize(IReadOnlyDictionary<string, double> before, IReadOnlyDictionary<string, double> after)
        {
            double Grown(string suffix) => after
                .Where(pair => pair.Key.Contains("group_size" + suffix, StringComparison.Ordinal))
                .Sum(pair => pair.Value - before.GetValueOrDefault(pair.Key));
            var appends = Grown("_count");
            return appends > 0 ? (Grown("_sum") / appends).ToString("0.0", CultureInfo.InvariantCulture) : "(not counted)";
        }

        static double Last(Latencies latencies) => latencies.PerSecond.Values[^1];
    }
}
