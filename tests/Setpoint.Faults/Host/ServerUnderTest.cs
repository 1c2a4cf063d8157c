using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Setpoint.TestKit;

namespace Setpoint.Faults.Host;

/// <summary>
/// The real server in a process of its own, which can be killed, stopped and started again on the same folder and port.
/// </summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    public const string AdminKey = "faults-admin-key-0123456789";

    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(60);

    private ServerUnderTest(ServerProcessHandle handle, int port, HttpClient http)
    {
        Process = handle;
        Port = port;
        Http = http;
    }

    public ServerProcessHandle Process { get; }

    public int Port { get; }

    /// <summary>Calls as the administrator. A request that fails is not tried again.</summary>
    public HttpClient Http { get; }

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <param name="dataFolder">Where its ledger is.</param>
    /// <param name="port">The port it had before; a free one if null.</param>
    /// <param name="wrapper">A command to run the server under, such as strace; the server must stay its direct process.</param>
    public static async Task<ServerUnderTest> StartAsync(string dataFolder, int? port = null, IReadOnlyList<string>? wrapper = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var chosen = port ?? Ports.Next();
            var server = Launch(dataFolder, chosen, wrapper);
            if (await server.IsReadyAsync())
                return server;
            var output = await server.Process.OutputAsync();
            await server.DisposeAsync();
            if (port is not null || attempt == 5 || !output.Contains("a port is taken", StringComparison.Ordinal))
                throw new InvalidOperationException($"The server did not start: {output}");
        }
    }

    /// <summary>Starts a server without waiting for anything.</summary>
    public static ServerUnderTest Launch(string dataFolder, int port, IReadOnlyList<string>? wrapper = null)
    {
        var handle = ServerProcessHandle.Start(
            wrapper,
            ("CONFIG_API_PORT", port.ToString()),
            ("SETPOINT_DATA", dataFolder),
            ("SETPOINT_ADMIN_KEY", AdminKey));
        return new(handle, port, NewClient(port));
    }

    public static HttpClient NewClient(int port)
    {
        // Many connections: a writer that waits for a commit must not hold up another one's request.
        var client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10) })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
            Timeout = TimeSpan.FromSeconds(60),
            DefaultRequestVersion = HttpVersion.Version11,
        };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        return client;
    }

    public Task<Reply> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<Reply> PutAsync(string path, string body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Put, path, body, "application/json", headers);

    public Task<Reply> PostAsync(string path, string body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, body, "application/json", headers);

    public Task<Reply> PatchAsync(string path, string body, string contentType, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Patch, path, body, contentType, headers);

    /// <exception cref="HttpRequestException">No answer, or half of one: the server has gone.</exception>
    public async Task<Reply> SendAsync(
        HttpMethod method, string path, string? body, string contentType = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, contentType);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new(response.StatusCode, text, response.Headers.TryGetValues("Setpoint-Revision", out var values) ? values.Single() : null);
    }

    /// <summary>Waits until it answers. False if the process ended before that.</summary>
    public async Task<bool> IsReadyAsync()
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < StartBound)
        {
            if (Process.HasExited)
                return false;
            try
            {
                // Open to everybody or not, any answer means that it listens, and it listens only once its ledger is open.
                using var response = await Http.GetAsync("/health/live", TestContext.Current.CancellationToken);
                return true;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(5, TestContext.Current.CancellationToken);
            }
        }

        throw new TimeoutException($"The server did not answer within {StartBound}: {await Process.OutputAsync()}");
    }

    /// <summary>kill -9: nothing of the process runs after this.</summary>
    public async Task KillAsync()
    {
        Process.Kill();
        await Process.ExitAsync(Eventually.Soon);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Process.DisposeAsync();
    }
}
