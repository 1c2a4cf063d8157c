using System.Globalization;
using Setpoint.Bench.Harness;
using Setpoint.Bench.Load;
using Setpoint.Bench.Targets;

namespace Setpoint.Bench.Suites;

/// <summary>P6 and P7: one durable write to 1, 1,000 and 10,000 subscribers, over both protocols, beside the same over bare Kestrel.</summary>
internal static class PushSuite
{
    public static async Task<Report> RunAsync(BenchOptions options)
    {
        var report = new Report("push", "Push: P6, P7");
        const int SpareFiles = 500;
        var files = Native.RaiseOpenFiles(65_536);
        var many = (int)Math.Min(10_000, files - SpareFiles);
        using var folder = new TempFolder("push");
        using var ours = await SetpointServer.StartAsync(folder.Path);

        // Every target gets messages of the size of ours.
        var messageBytes = new Dictionary<PushProtocol, int>();
        foreach (var protocol in Enum.GetValues<PushProtocol>())
        {
            var ns = $"size-{protocol}".ToLowerInvariant();
            using var probe = new SetpointTarget(ours, protocol, ns);
            messageBytes[protocol] = probe.MeasureMessage();
        }

        var one = report.Table(
            "One subscriber: from just before the write is sent to the message received",
            "target", "p50 ms", "p99 ms", "max ms");
        await SingleAsync(report, one, options, ours, messageBytes);

        var table = report.Table(
            "One write to N subscribers, all on these cores too: milliseconds from just before the write is sent",
            "target", "subscribers", "median subscriber", "p99 subscriber", "last, p50 (min..max)", "last x floor (min..max)", "RSS KiB each", "server CPU µs/delivery");
        foreach (var protocol in Enum.GetValues<PushProtocol>())
        {
            foreach (var count in (int[])[1_000, many])
                await FanOutAsync(report, table, options, protocol, count, messageBytes[protocol]);
        }

        foreach (var (protocol, bytes) in messageBytes)
            table.Note(string.Create(CultureInfo.InvariantCulture, $"{protocol}: {bytes} bytes a message, the floor's as large as ours. Ours is a validated, durable (fsync) commit and carries the configuration and the changes; the floor's is a string in memory."));
        if (many < 10_000)
            table.Note($"The limit of {files} open files allows {many} subscribers here instead of 10,000.");
        Stalled(report, options, ours);
        return report;
    }

    private static async Task SingleAsync(
        Report report, Report.Section table, BenchOptions options, SetpointServer ours, Dictionary<PushProtocol, int> messageBytes)
    {
        var writes = options.Choose(400, 150);
        using var etcd = await EtcdServer.TryStartAsync();
        var etcdLatency = new Samples();
        foreach (var protocol in Enum.GetValues<PushProtocol>())
        {
            using var floor = await FloorTarget.StartAsync(protocol, messageBytes[protocol]);
            using var setpoint = new SetpointTarget(ours, protocol, $"one-{protocol}".ToLowerInvariant());
            Samples floorLatency = new(), ourLatency = new();
            using var floorSwarm = floor.Subscribe(1);
            using var ourSwarm = setpoint.Subscribe(1);
            using var watcher = etcd is null ? null : new EtcdWatch(etcd);
            for (var i = -20; i < writes; i++)
            {
                var fromFloor = floor.Deliver(floorSwarm)[0];
                var fromOurs = setpoint.Deliver(ourSwarm)[0];
                var fromEtcd = watcher?.Deliver(i + 100);
                if (i < 0)
                    continue;
                floorLatency.Add(fromFloor);
                ourLatency.Add(fromOurs);
                if (fromEtcd is { } milliseconds)
                    etcdLatency.Add(milliseconds);
            }

            Row(floor.Name, floorLatency);
            Row(setpoint.Name, ourLatency);
            report.GoalAtMost("P6", $"durable write -> 1 {protocol} subscriber, p50", ourLatency.Median, 1, " ms");
            if (etcd is not null && protocol == PushProtocol.Sse)
                report.GoalAtMost("P6", "the same / etcd's put -> watch", ourLatency.Median / etcdLatency.Median, 1);
        }

        if (etcd is not null)
            Row("etcd 3.4: durable put -> watch (JSON gateway)", etcdLatency);
        else
            table.Note("etcd is not installed here; apt-get install etcd-server sets it beside.");
        table.Note("The writes take turns, target by target.");

        void Row(string name, Samples samples) => table.Row(
            name, samples.Text("0.00"), Text(samples.Percentile(99)), Text(samples.Max));
    }

    private static async Task FanOutAsync(
        Report report, Report.Section table, BenchOptions options, PushProtocol protocol, int count, int messageBytes)
    {
        // A server of its own: memory that an earlier swarm left to the process would hide what this one takes.
        using var folder = new TempFolder("fan-out");
        using var ours = await SetpointServer.StartAsync(folder.Path);
        using var floor = await FloorTarget.StartAsync(protocol, messageBytes);
        using var setpoint = new SetpointTarget(ours, protocol, $"many-{protocol}-{count}".ToLowerInvariant());
        var targets = new PushTarget[] { floor, setpoint };
        var results = targets.Select(_ => new FanOut()).ToArray();
        foreach (var target in targets)
            target.WarmUp();

        // Blocks of one and the other, not both at once: two swarms of 10,000 are more files than many systems allow a process.
        for (var block = 0; block < options.RoundsOr(count > 1_000 ? 4 : 8, count > 1_000 ? 2 : 4); block++)
        {
            for (var i = 0; i < targets.Length; i++)
                results[i].Measure(targets[i], count, writes: options.Choose(8, 5));
        }

        var ratios = Samples.Ratios(results[1].LastByBlock, results[0].LastByBlock);
        for (var i = 0; i < targets.Length; i++)
        {
            table.Row(
                targets[i].Name,
                count.ToString("#,0", CultureInfo.InvariantCulture),
                results[i].Middle.Text("0.0"),
                results[i].P99.Text("0.0"),
                results[i].Last.TextAndRange("0.0"),
                i == 0 ? "1" : ratios.TextAndRange("0.00"),
                Text(results[i].KibEach),
                Text(results[i].CpuMicroseconds / results[i].Deliveries));
        }

        var what = string.Create(CultureInfo.InvariantCulture, $"{protocol}, {count:#,0}");
        report.Goal("P6", $"{what}: last / floor <= 1.25", ratios.TextAndRange("0.00"), ratios.Median <= 1.25);
        if (count <= 1_000)
            return;
        report.GoalAtMost("P6", $"{what}: last, p50 (quiet machine)", results[1].Last.Median, 200, " ms", results[0].Last.Median);
        report.GoalAtMost("P7", $"{what}: RSS a subscriber", results[1].KibEach, 16, " KiB", results[0].KibEach);
        report.GoalAtMost("P7", $"{what}: server CPU a delivery", results[1].CpuMicroseconds / results[1].Deliveries, 18, " µs", results[0].CpuMicroseconds / results[0].Deliveries);
    }

    /// <summary>P7: readers that stopped reading, beside readers that read.</summary>
    private static void Stalled(Report report, BenchOptions options, SetpointServer ours)
    {
        const int Healthy = 100;
        const int Idle = 20;
        const int ConfigBytes = 64 * 1024;
        var writes = options.Choose(300, 150);
        var table = report.Table(
            $"{Healthy} subscribers beside {Idle} that do not read, {ConfigBytes / 1024} KiB a message",
            "protocol", "last healthy, p50 / p99 ms without", "with stalled", "p99 with / without", "RSS grown by, KiB a stalled one");
        foreach (var protocol in Enum.GetValues<PushProtocol>())
        {
            // Each half has a namespace of its own, so that they take turns and differ in nothing but the stalled readers.
            using var clear = new SetpointTarget(ours, protocol, $"clear-{protocol}".ToLowerInvariant(), ConfigBytes);
            using var mixed = new SetpointTarget(ours, protocol, $"mixed-{protocol}".ToLowerInvariant(), ConfigBytes);
            using var clearSwarm = clear.Subscribe(Healthy);
            using var mixedSwarm = mixed.Subscribe(Healthy);
            for (var i = 0; i < 30; i++)
            {
                clear.Deliver(clearSwarm);
                mixed.Deliver(mixedSwarm);
            }

            var before = ours.Process.ResidentKib();
            using var stalled = mixed.SubscribeAndStall(Idle);
            Samples without = new(), with = new();
            for (var i = 0; i < writes; i++)
            {
                without.Add(clear.Deliver(clearSwarm)[^1]);
                with.Add(mixed.Deliver(mixedSwarm)[^1]);
            }

            var grown = Math.Max(0, ours.Process.ResidentKib() - before) / Idle;
            var ratio = with.Percentile(99) / without.Percentile(99);
            table.Row(
                protocol.ToString(),
                $"{without.Text("0.0")} / {Text(without.Percentile(99))}",
                $"{with.Text("0.0")} / {Text(with.Percentile(99))}",
                Text(ratio),
                Text(grown));
            report.Goal("P7", $"{protocol}: a stalled subscriber delays nobody (p99 with / without <= 1.25)", Text(ratio), ratio <= 1.25);
        }

        table.Note(string.Create(CultureInfo.InvariantCulture, $"{writes} writes to each half, {writes * ConfigBytes / (1024 * 1024)} MiB past every stalled reader: far more than sockets and queues hold."));
    }

    private static string Text(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private sealed class FanOut
    {
        public Samples Middle { get; } = new();

        public Samples P99 { get; } = new();

        public Samples Last { get; } = new();

        public Samples LastByBlock { get; } = new();

        /// <summary>Of the first block: what a process has once taken it seldom gives back.</summary>
        public double KibEach { get; private set; } = double.NaN;

        public double CpuMicroseconds { get; private set; }

        public double Deliveries { get; private set; }

        public void Measure(PushTarget target, int count, int writes)
        {
            const int WarmUps = 3;
            var memory = target.Process.ResidentKib();
            using var swarm = target.Subscribe(count);
            for (var i = 0; i < WarmUps; i++)
                target.Deliver(swarm);
            if (double.IsNaN(KibEach))
                KibEach = (target.Process.ResidentKib() - memory) / count;
            var block = new Samples();
            for (var i = 0; i < writes; i++)
            {
                var cpu = target.Process.CpuTime();
                var arrivals = target.Deliver(swarm);
                CpuMicroseconds += (target.Process.CpuTime() - cpu).TotalMicroseconds;
                Deliveries += arrivals.Length;
                Middle.Add(arrivals[arrivals.Length / 2]);
                P99.Add(arrivals[arrivals.Length * 99 / 100]);
                Last.Add(arrivals[^1]);
                block.Add(arrivals[^1]);
            }

            LastByBlock.Add(block.Median);
        }
    }
}
