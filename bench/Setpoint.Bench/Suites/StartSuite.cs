using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Setpoint.Bench.Floors;
using Setpoint.Bench.Harness;
using Setpoint.Bench.Load;
using Setpoint.Bench.Targets;

namespace Setpoint.Bench.Suites;

/// <summary>P14: from the start of the process to the first answer, with 10,000 keys and 1,000 flags in the store; memory then and after load.</summary>
internal static class StartSuite
{
    private const int Namespaces = 100;
    private const int KeysEach = 100;
    private const int Flags = 1_000;
    private const string ReadPath = "/api/config/start-7?environment=production";
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(30);

    public static async Task<Report> RunAsync(BenchOptions options)
    {
        var report = new Report("start", "Start and memory: P14");
        if (ServerProgram.Started == ServerProgram.Plain)
            throw new BenchException("run.sh could not compile the server ahead of time and would start the plain build; its message above says why.");
        using var folder = new TempFolder("start");
        using (var first = await SetpointServer.StartAsync(folder.Path))
            await FillAsync(first);

        Samples floorStart = new(), floorCpu = new(), floorMemory = new();
        var ours = new Target(ServerProgram.Started);
        var plain = new Target(ServerProgram.Plain);
        var load = TimeSpan.FromSeconds(options.Choose(10, 3));
        for (var round = 0; round < options.RoundsOr(9, 3); round++)
        {
            var port = Sockets.FreePort();
            var environment = new Dictionary<string, string> { ["FLOOR_PORT"] = port.ToString(CultureInfo.InvariantCulture) };
            var begin = Stopwatch.GetTimestamp();
            using (var floor = ChildProcess.Start("floor-http", FloorServer.Executable, ["floor-http"], environment, FloorHost.ReadyPrefix))
            {
                floorStart.Add(FirstAnswer(port, Requests.Get("/blob"), floor, begin));
                floorCpu.Add(floor.CpuTime().TotalMilliseconds);
                floorMemory.Add(floor.ResidentKib() / 1024);
            }

            await MeasureAsync(ours, folder, round, load);
            await MeasureAsync(plain, folder, round, load);
        }

        var table = report.Table(
                string.Create(CultureInfo.InvariantCulture, $"Process start to first 200, {Namespaces * KeysEach:#,0} keys in {Namespaces} namespaces and {Flags:#,0} flags, files in the page cache"),
                "target", "start ms (min..max)", "x floor", "CPU ms of all threads by then", "RSS MiB then", "RSS MiB after 10 s of the mix of P9")
            .Row("floor: Kestrel, minimal API", floorStart.TextAndRange("0"), "1", floorCpu.TextAndRange("0"), floorMemory.Text("0"), "");
        Show(table, "Setpoint as run.sh starts it", ours, floorStart);
        Show(table, "Setpoint, plain build", plain, floorStart);
        report.GoalAtMost("P14", "start to the first served request", ours.Start.Median, 450, " ms", floorStart.Median);
        report.GoalAtMost("P14", "start to the first evaluation", ours.FlagStart.Median, 450, " ms", floorStart.Median);
        report.GoalAtMost("P14", "RSS then", ours.FlagMemory.Median, 110, " MiB", floorMemory.Median);
        report.GoalAtMost("P14", "RSS after P9's load", ours.Loaded.Median, 200, " MiB");
        return report;
    }

    private static void Show(Report.Section table, string name, Target target, Samples floor) => table
        .Row($"{name}: open the store, check its end, load all, serve an effective configuration", target.Start.TextAndRange("0"), Samples.Ratios(target.Start, floor).TextAndRange("0.00"), target.Cpu.TextAndRange("0"), target.Memory.Text("0"), "")
        .Row($"{name}: and then an evaluation of one of the flags", target.FlagStart.TextAndRange("0"), Samples.Ratios(target.FlagStart, floor).TextAndRange("0.00"), "", target.FlagMemory.Text("0"), target.Loaded.Text("0"));

    private static async Task MeasureAsync(Target target, TempFolder folder, int round, TimeSpan load)
    {
        var begin = Stopwatch.GetTimestamp();
        using var server = SetpointServer.Launch(folder.Path, program: target.Program);
        target.Start.Add(FirstAnswer(server.Port, Requests.Get(ReadPath, SetpointServer.KeyHeader), server.Process, begin));
        target.Cpu.Add(server.Process.CpuTime().TotalMilliseconds);
        target.Memory.Add(server.Process.ResidentKib() / 1024);
        target.FlagStart.Add(FirstAnswer(server.Port, FlagMix.Evaluate(round, round), server.Process, begin));
        target.FlagMemory.Add(server.Process.ResidentKib() / 1024);
        if (round > 0)
            return;
        var (_, etag) = await server.GetBytesAsync(ReadPath);
        var mix = MixedLoad.Of(ReadPath, etag, Flags);
        MixedLoad.Check(server.Port, mix);
        await Wrk.RunAsync(server.Url, load, [], WrkScript.Write(folder, "mix", mix));
        target.Loaded.Add(server.Process.ResidentKib() / 1024);
    }

    /// <summary>Asks until it is answered with 200, looking every millisecond; a refusal before that (503) counts as not ready.</summary>
    private static double FirstAnswer(int port, byte[] request, ChildProcess process, long begin)
    {
        while (Stopwatch.GetElapsedTime(begin) < StartMax)
        {
            if (process.HasExited)
                throw process.Failure("ended instead of answering");
            try
            {
                using var connection = new BlockingConnection(port);
                connection.Send(request);
                if (connection.ReadStatus() == 200)
                    return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            }
            catch (SocketException problem) when (problem.SocketErrorCode is SocketError.ConnectionRefused)
            {
                // Not listening yet.
            }

            Thread.Sleep(1);
        }

        throw process.Failure($"did not answer within {StartMax.TotalSeconds:0} s");
    }

    private static async Task FillAsync(SetpointServer server)
    {
        var changes = new JsonArray();
        for (var i = 0; i < Namespaces; i++)
        {
            changes.Add(new JsonObject { ["address"] = $"namespace/start-{i}", ["document"] = new JsonObject { ["kind"] = "service" } });
            changes.Add(new JsonObject { ["address"] = $"config/start-{i}/base", ["document"] = SampleConfig.OfKeys(KeysEach, i) });
        }

        await FlagMix.FillAsync(server, "global", Flags);
        await server.SendAsync(HttpMethod.Post, "/api/commits", new JsonObject { ["message"] = "bench", ["changes"] = changes }.ToJsonString());
    }

    /// <summary>A build of the server, and what was measured of it.</summary>
    private sealed record Target(string Program)
    {
        public Samples Start { get; } = new();

        public Samples Cpu { get; } = new();

        public Samples Memory { get; } = new();

        public Samples FlagStart { get; } = new();

        public Samples FlagMemory { get; } = new();

        public Samples Loaded { get; } = new();
    }
}
