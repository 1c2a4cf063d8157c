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
        using var folder = new TempFolder("start");
        using (var first = await SetpointServer.StartAsync(folder.Path))
            await FillAsync(first);

        Samples floorStart = new(), floorMemory = new(), start = new(), memory = new(), flagStart = new(), flagMemory = new(), loaded = new();
        for (var round = 0; round < options.RoundsOr(9, 3); round++)
        {
            var port = Sockets.FreePort();
            var environment = new Dictionary<string, string> { ["FLOOR_PORT"] = port.ToString(CultureInfo.InvariantCulture) };
            var begin = Stopwatch.GetTimestamp();
            using (var floor = ChildProcess.Start("floor-http", FloorServer.Executable, ["floor-http"], environment, FloorHost.ReadyPrefix))
            {
                floorStart.Add(FirstAnswer(port, Requests.Get("/blob"), floor, begin));
                floorMemory.Add(floor.ResidentKib() / 1024);
            }

            begin = Stopwatch.GetTimestamp();
            using var ours = SetpointServer.Launch(folder.Path);
            start.Add(FirstAnswer(ours.Port, Requests.Get(ReadPath, SetpointServer.KeyHeader), ours.Process, begin));
            memory.Add(ours.Process.ResidentKib() / 1024);
            flagStart.Add(FirstAnswer(ours.Port, FlagMix.Evaluate(round, round), ours.Process, begin));
            flagMemory.Add(ours.Process.ResidentKib() / 1024);
            if (round == 0)
            {
                var (_, etag) = await ours.GetBytesAsync(ReadPath);
                var mix = MixedLoad.Of(ReadPath, etag, Flags);
                MixedLoad.Check(ours.Port, mix);
                await Wrk.RunAsync(ours.Url, TimeSpan.FromSeconds(options.Choose(10, 3)), [], WrkScript.Write(folder, "mix", mix));
                loaded.Add(ours.Process.ResidentKib() / 1024);
            }
        }

        var ratios = Samples.Ratios(start, floorStart);
        report.Table(
                string.Create(CultureInfo.InvariantCulture, $"Process start to first 200, {Namespaces * KeysEach:#,0} keys in {Namespaces} namespaces and {Flags:#,0} flags, files in the page cache"),
                "target", "start ms (min..max)", "x floor", "RSS MiB then", "RSS MiB after 10 s of the mix of P9")
            .Row("floor: Kestrel, minimal API", floorStart.TextAndRange("0"), "1", floorMemory.Text("0"), "")
            .Row("Setpoint: open the store, check its end, load all, serve an effective configuration", start.TextAndRange("0"), ratios.TextAndRange("0.00"), memory.Text("0"), "")
            .Row("Setpoint: and then an evaluation of one of the flags", flagStart.TextAndRange("0"), Samples.Ratios(flagStart, floorStart).TextAndRange("0.00"), flagMemory.Text("0"), loaded.Text("0"));
        report.GoalAtMost("P14", "start to the first served request", start.Median, 450, " ms", floorStart.Median);
        report.GoalAtMost("P14", "start to the first evaluation", flagStart.Median, 450, " ms", floorStart.Median);
        report.GoalAtMost("P14", "RSS then", flagMemory.Median, 110, " MiB", floorMemory.Median);
        report.GoalAtMost("P14", "RSS after P9's load", loaded.Median, 200, " MiB");
        return report;
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
}
