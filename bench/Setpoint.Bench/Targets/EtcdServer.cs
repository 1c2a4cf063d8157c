using System.Globalization;
using System.Text;
using Setpoint.Bench.Harness;
using Setpoint.Bench.Load;

namespace Setpoint.Bench.Targets;

/// <summary>etcd, where it is installed: the peer that also makes a write durable before it tells anyone.</summary>
internal sealed class EtcdServer : IDisposable
{
    private readonly TempFolder _folder = new("etcd");

    private EtcdServer(int port, int peerPort)
    {
        Port = port;
        string[] arguments =
        [
            "--data-dir", _folder.File("data"),
            "--listen-client-urls", Url(port), "--advertise-client-urls", Url(port),
            "--listen-peer-urls", Url(peerPort), "--initial-advertise-peer-urls", Url(peerPort),
            "--initial-cluster", $"default={Url(peerPort)}",
            "--log-level", "error",
        ];
        Process = ChildProcess.Start("etcd", "etcd", arguments, new Dictionary<string, string>());
    }

    public int Port { get; }

    public ChildProcess Process { get; }

    /// <summary>Null where etcd is not installed.</summary>
    public static async Task<EtcdServer?> TryStartAsync()
    {
        var installed = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "etcd")));
        if (!installed)
            return null;
        var server = new EtcdServer(Sockets.FreePort(), Sockets.FreePort());
        using var http = new HttpClient();
        for (var attempt = 0; attempt < 200; attempt++)
        {
            try
            {
                if ((await http.GetStringAsync(new Uri($"{Url(server.Port)}/health"))).Contains("true", StringComparison.Ordinal))
                    return server;
            }
            catch (HttpRequestException)
            {
                // Not listening yet; the loop is bounded.
            }

            await Task.Delay(50);
        }

        var failure = server.Process.Failure("was not ready within 10 s");
        server.Dispose();
        throw failure;
    }

    public static byte[] PutRequest(string key, string value) =>
        Requests.Write("POST", "/v3/kv/put", $"{{\"key\":\"{Base64(key)}\",\"value\":\"{Base64(value)}\"}}");

    public void Dispose()
    {
        Process.Dispose();
        _folder.Dispose();
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Url(int port) => $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";
}
