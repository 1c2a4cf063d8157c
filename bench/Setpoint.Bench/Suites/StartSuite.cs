using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Setpoint.Bench.Floors;
using Setpoint.Bench.Harness;
using Setpoint.Bench.Load;
using Setpoint.Bench.Targets;

namespace Setpoint.Bench.Suites;

/// <summary>P14: from the start of the process to the first answer, with 10,000 keys in the store; memory then and after load.</summary>
internal static class StartSuite
{
    private const int Namespaces = 100;
    private const int KeysEach = 100;
    private const string ReadPath = "/api/config/start-7?environment=production";
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(30);

    public static async Task<Report> RunAsync(BenchOptions options)
    {
        var report = new Report("start", "Start and memory: P14");
        using var folder = new TempFolder("start");
        using (var first = await SetpointServer.StartAsync(folder.Path))
            await FillAsync(first);

        Samples floorStart = new(), floorMemory = new(), start = new(), memory = new(), loaded = new();
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
            if (round == 0)
            {
                await Wrk.RunAsync(ours.Url + ReadPath, TimeSpan.FromSeconds(options.Choose(10, 3)), [SetpointServer.KeyHeader]);
                loaded.Add(ours.Process.ResidentKib() / 1024);
            }
        }

        var ratios = Samples.Ratios(start, floorStart);
        report.Table(
                string.Create(CultureInfo.InvariantCulture, $"Process start to first 200, {Namespaces * KeysEach:#,0} keys in {Namespaces} namespaces, files in the page cache"),
                "target", "start ms (min..max)", "x floor", "RSS MiB then", "RSS MiB after wrk")
            .Row("floor: Kestrel, minimal API", floorStart.TextAndRange("0"), "1", floorMemory.Text("0"), "")
            .Row("Setpoint: open the store, check its end, load all, serve an effective configuration", start.TextAndRange("0"), ratios.TextAndRange("0.00"), memory.Text("0"), loaded.Text("0"));
        report.GoalAtMost("P14", "start to the first served request", start.Median, 450, " ms", floorStart.Median);
        report.GoalAtMost("P14", "RSS then", memory.Median, 110, " MiB", floorMemory.Median);
        report.GoalAtMost("P14", "RSS after load (GET; the goal's mix needs flags)", loaded.Median, 200, " MiB");
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

        await server.SendAsync(HttpMethod.Post, "/api/commits", new JsonObject { ["message"] = "bench", ["changes"] = changes }.ToJsonString());
    }
}
