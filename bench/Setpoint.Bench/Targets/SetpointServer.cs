using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Setpoint.Bench.Harness;
using Setpoint.Bench.Load;

namespace Setpoint.Bench.Targets;

/// <summary>The real server, as a process of its own, spoken to over its HTTP contract only.</summary>
internal sealed class SetpointServer : IDisposable
{
    public const string AdminKey = "bench-admin-key-0123456789abcdef0123456789abcdef";
    private readonly HttpClient _http;

    private SetpointServer(ChildProcess process, int port)
    {
        Process = process;
        Port = port;
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 8 })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
            Timeout = TimeSpan.FromSeconds(60),
        };
        _http.DefaultRequestHeaders.Add("X-API-Key", AdminKey);
    }

    public static string KeyHeader => $"X-API-Key: {AdminKey}";

    public ChildProcess Process { get; }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>Starts it and waits until it says it is ready.</summary>
    public static async Task<SetpointServer> StartAsync(string dataFolder, IReadOnlyDictionary<string, string>? more = null)
    {
        var server = Launch(dataFolder, more);
        try
        {
            await server.ReadyAsync(TimeSpan.FromSeconds(30));
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Starts it and returns at once.</summary>
    /// <param name="program">Null for the one that users start.</param>
    public static SetpointServer Launch(string dataFolder, IReadOnlyDictionary<string, string>? more = null, string? program = null)
    {
        var port = Sockets.FreePort();
        var environment = new Dictionary<string, string>
        {
            ["CONFIG_API_PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["SETPOINT_DATA"] = dataFolder,
            ["SETPOINT_ADMIN_KEY"] = AdminKey,
            ["LOG_LEVEL"] = "warn",
        };
        foreach (var (key, value) in more ?? new Dictionary<string, string>())
            environment[key] = value;
        return new(ChildProcess.Start("the Setpoint server", program ?? ServerProgram.Started, [], environment), port);
    }

    /// <summary>Sends until a connection is taken and the answer is 200; looks every millisecond.</summary>
    public async Task ReadyAsync(TimeSpan limit)
    {
        var begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < limit)
        {
            if (Process.HasExited)
                throw Process.Failure("ended instead of becoming ready");
            try
            {
                using var answer = await _http.GetAsync("/health/ready");
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException problem) when (problem.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            {
                // Not listening yet.
            }

            await Task.Delay(5);
        }

        throw Process.Failure($"was not ready within {limit.TotalSeconds:0} s");
    }

    public async Task<JsonNode> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode)
            throw new BenchException($"{method} {path} answered {(int)answer.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>The body and ETag of an answer with status 200.</summary>
    public async Task<(byte[] Body, string ETag)> GetBytesAsync(string path)
    {
        using var answer = await _http.GetAsync(path);
        if (answer.StatusCode != HttpStatusCode.OK)
            throw new BenchException($"GET {path} answered {(int)answer.StatusCode}.");
        return (await answer.Content.ReadAsByteArrayAsync(), answer.Headers.ETag?.ToString() ?? "");
    }

    public Task PutConfigAsync(string ns, string? environment, JsonObject config) => SendAsync(
        HttpMethod.Put,
        $"/api/config/{ns}",
        ConfigBody(environment, config.ToJsonString()));

    public static string ConfigBody(string? environment, string config) => environment is null
        ? $"{{\"config\":{config}}}"
        : $"{{\"environment\":{JsonSerializer.Serialize(environment)},\"config\":{config}}}";

    /// <summary>All counters and gauges, by name with labels.</summary>
    public async Task<IReadOnlyDictionary<string, double>> MetricsAsync()
    {
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var line in (await _http.GetStringAsync("/metrics")).Split('\n'))
        {
            // A counter that nothing has counted yet has a type and no sample: it is 0, and not unknown.
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal) && line.EndsWith(" counter", StringComparison.Ordinal))
                metrics.TryAdd(line.Split(' ')[2], 0);
            var space = line.LastIndexOf(' ');
            if (line.Length > 0 && line[0] != '#' && space > 0
                && double.TryParse(line.AsSpan(space + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
                metrics[line[..space]] = value;
        }

        return metrics;
    }

    public void Dispose()
    {
        _http.Dispose();
        Process.Dispose();
    }
}
