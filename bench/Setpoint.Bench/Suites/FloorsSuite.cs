using System.Globalization;
using Setpoint.Bench.Floors;
using Setpoint.Bench.Harness;
using Setpoint.Bench.Load;
using Setpoint.Bench.Targets;

namespace Setpoint.Bench.Suites;

/// <summary>The floors alone: what this machine can do at most today, before anything of ours is judged by it.</summary>
internal static class FloorsSuite
{
    public static async Task<Report> RunAsync(BenchOptions options)
    {
        var report = new Report("floors", "Floors of this machine");
        await HttpAsync(report, options);
        await PushAsync(report, options);
        Storage(report, options);
        return report;
    }

    private static async Task HttpAsync(Report report, BenchOptions options)
    {
        using var floor = await FloorServer.StartAsync("floor-http");
        var table = report.Table("HTTP, 2 KB", "work", "per second", "p50 ms", "p99 ms", "server CPU µs/req");
        foreach (var (name, path, header) in ((string, string, string)[])
            [("GET", "/blob", "Accept: */*"), ("304", "/etag", "If-None-Match: \"0123456789abcdef0123456789abcdef\"")])
        {
            await Wrk.RunAsync(floor.Url + path, TimeSpan.FromSeconds(2), [header]);
            var duration = TimeSpan.FromSeconds(options.Choose(5, 2));
            var cpu = floor.Process.CpuTime();
            var result = await Wrk.RunAsync(floor.Url + path, duration, [header]);
            table.Row($"wrk -t2 -c32: {name}", Number(result.PerSecond), Text(result.P50), Text(result.P99),
                Text((floor.Process.CpuTime() - cpu).TotalMicroseconds / (result.PerSecond * duration.TotalSeconds)));
        }

        ReadOnlyMemory<byte> read = Requests.Get("/blob");
        ReadOnlyMemory<byte> write = Requests.Write("PUT", "/document", "{\"config\":{\"a\":1}}");
        Loop("GET, 10,000 a second", read, 32, 10_000);
        Loop("PUT, 1 connection, closed loop", write, 1, rate: null);
        Loop("PUT, 32 connections, closed loop", write, 32, rate: null);

        void Loop(string name, ReadOnlyMemory<byte> request, int connections, double? rate)
        {
            var cpu = floor.Process.CpuTime();
            var result = new HttpLoad(floor.Port, connections).Run(_ => request, rate, TimeSpan.FromSeconds(options.Choose(5, 2))).Expect(200);
            table.Row(name, Number(result.PerSecond), Text(result.Latency.Milliseconds(50)), Text(result.Latency.Milliseconds(99)),
                Text((floor.Process.CpuTime() - cpu).TotalMicroseconds / result.Latency.Count));
        }
    }

    private static async Task PushAsync(Report report, BenchOptions options)
    {
        var files = Native.RaiseOpenFiles(65_536);
        var table = report.Table("Push, 256 bytes", "floor", "subscribers", "median subscriber ms", "last ms, p50 (min..max)", "RSS KiB each", "server CPU µs/delivery");
        foreach (var protocol in Enum.GetValues<PushProtocol>())
        {
            foreach (var count in (int[])[1, 1_000, (int)Math.Min(10_000, files - 1_000)])
            {
                using var floor = await FloorTarget.StartAsync(protocol, 256);
                var before = floor.Process.ResidentKib();
                using var swarm = floor.Subscribe(count);
                for (var i = 0; i < 5; i++)
                    floor.Deliver(swarm);
                var each = (floor.Process.ResidentKib() - before) / count;
                Samples middle = new(), last = new();
                var cpu = floor.Process.CpuTime();
                var rounds = count == 1 ? 300 : options.Choose(20, 8);
                for (var i = 0; i < rounds; i++)
                {
                    var arrivals = floor.Deliver(swarm);
                    middle.Add(arrivals[count / 2]);
                    last.Add(arrivals[^1]);
                }

                table.Row(floor.Name, Number(count), middle.Text("0.00"), last.TextAndRange("0.00"), count == 1 ? "" : Text(each),
                    Text((floor.Process.CpuTime() - cpu).TotalMicroseconds / rounds / count));
            }
        }
    }

    private static void Storage(Report report, BenchOptions options)
    {
        using var floor = new StorageFloor();
        var duration = TimeSpan.FromSeconds(options.Choose(3, 1));
        var table = report.Table("Storage, 300 bytes a row", "work", "rows/s", "p50 ms", "p99 ms");
        foreach (var rows in (int[])[1, 32])
        {
            var (append, appended) = floor.Append(rows, duration);
            table.Row($"append + fdatasync, {rows} a sync", Number(appended), Text(append.Milliseconds(50)), Text(append.Milliseconds(99)));
            var (sqlite, inserted) = floor.Sqlite(rows, duration);
            table.Row($"SQLite WAL FULL, change + audit row, {rows} a transaction", Number(inserted), Text(sqlite.Milliseconds(50)), Text(sqlite.Milliseconds(99)));
        }
    }

    private static string Text(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
