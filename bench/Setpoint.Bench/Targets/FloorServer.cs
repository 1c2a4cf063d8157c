using System.Globalization;
using Setpoint.Bench.Floors;
using Setpoint.Bench.Harness;

namespace Setpoint.Bench.Targets;

/// <summary>A running floor.</summary>
internal sealed class FloorServer : IDisposable
{
    private FloorServer(ChildProcess process, int port)
    {
        Process = process;
        Port = port;
    }

    public ChildProcess Process { get; }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    public static string Executable => Path.Combine(AppContext.BaseDirectory, "Setpoint.Bench");

    public static async Task<FloorServer> StartAsync(string name, int bodyBytes = 2048)
    {
        var environment = new Dictionary<string, string> { ["FLOOR_BODY_BYTES"] = bodyBytes.ToString(CultureInfo.InvariantCulture) };
        var process = ChildProcess.Start(name, Executable, [name], environment, FloorHost.ReadyPrefix);
        try
        {
            var port = await process.ReadyAsync(TimeSpan.FromSeconds(20));
            return new(process, int.Parse(port, CultureInfo.InvariantCulture));
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    public void Dispose() => Process.Dispose();
}
