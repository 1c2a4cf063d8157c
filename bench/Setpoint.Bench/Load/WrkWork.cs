using Setpoint.Bench.Harness;

namespace Setpoint.Bench.Load;

/// <summary>What wrk asks of a process, and what came of it, round by round.</summary>
internal sealed class WrkWork(string name, string url, ChildProcess process, string[] headers, WrkScript? script = null)
{
    public static string[] Columns => ["work", "req/s median (min..max)", "x floor (min..max)", "p50 ms", "p99 ms", "server CPU µs/req", "x floor"];

    public string Name => name;

    public Samples PerSecond { get; } = new();

    public Samples P50 { get; } = new();

    public Samples P99 { get; } = new();

    public Samples CpuMicroseconds { get; } = new();

    public double Requests { get; private set; }

    public Task WarmUpAsync(TimeSpan duration) => Wrk.RunAsync(url, duration, headers, script);

    public async Task MeasureAsync(TimeSpan duration)
    {
        var cpu = process.CpuTime();
        var result = await Wrk.RunAsync(url, duration, headers, script);
        PerSecond.Add(result.PerSecond);
        P50.Add(result.P50);
        P99.Add(result.P99);
        CpuMicroseconds.Add((process.CpuTime() - cpu).TotalMicroseconds / (result.PerSecond * duration.TotalSeconds));
        Requests += result.PerSecond * duration.TotalSeconds;
    }

    /// <summary>Warms all up, then measures them in turns.</summary>
    public static async Task MeasureInTurnsAsync(IReadOnlyCollection<WrkWork> works, BenchOptions options)
    {
        foreach (var work in works)
            await work.WarmUpAsync(TimeSpan.FromSeconds(options.Choose(3, 2)));
        for (var round = 0; round < options.RoundsOr(5, 3); round++)
        {
            foreach (var work in works)
                await work.MeasureAsync(TimeSpan.FromSeconds(options.Choose(4, 2)));
        }
    }

    public string[] Row(WrkWork floor) =>
    [
        name,
        PerSecond.TextAndRange("#,0"),
        ReferenceEquals(floor, this) ? "1" : Samples.Ratios(PerSecond, floor.PerSecond).TextAndRange("0.00"),
        P50.Text("0.00"),
        P99.Text("0.00"),
        CpuMicroseconds.Text("0.0"),
        ReferenceEquals(floor, this) ? "1" : Samples.Ratios(CpuMicroseconds, floor.CpuMicroseconds).TextAndRange("0.00"),
    ];
}
