using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Telemetry;

/// <summary>The server as a process of its own, at debug level, with all it writes kept.</summary>
internal sealed partial class ChildServer : IAsyncDisposable
{
    public const string AdminKey = "test-admin-key-0123456789";

    private readonly System.Diagnostics.Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private ChildServer(string dataFolder)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Setpoint.Server.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["CONFIG_API_PORT"] = "0";
        start.Environment["SETPOINT_DATA"] = dataFolder;
        start.Environment["SETPOINT_ADMIN_KEY"] = AdminKey;
        start.Environment["LOG_LEVEL"] = "debug";
        _process = new() { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
    }

    public HttpClient Http { get; } = new();

    /// <summary>Standard output and error so far.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    public static async Task<ChildServer> StartAsync(string dataFolder)
    {
        var server = new ChildServer(dataFolder);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        Match? listening = null;
        await Eventually.TrueAsync(
            () => (listening = server._lines.Select(line => Listening().Match(line)).FirstOrDefault(match => match.Success)) is not null || server._process.HasExited,
            "the server says where it listens");
        if (listening is null)
            throw new InvalidOperationException(string.Join('\n', server._lines));
        server.Http.BaseAddress = new Uri(listening.Groups["address"].Value);
        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", AdminKey);
        return server;
    }

    public async Task<string> SendAsync(HttpMethod method, string path, string? body = null, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, null, contentType);
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}";
    }

    /// <summary>Ends it and waits until all it wrote has been read.</summary>
    public async Task StopAsync()
    {
        if (_process.HasExited)
            return;
        // The shell's own kill: not every machine has the program.
        using var kill = System.Diagnostics.Process.Start("sh", ["-c", $"kill -TERM {_process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Eventually.Soon);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
            _lines.Enqueue(line);
    }

    [GeneratedRegex("Now listening on: (?<address>http://127.0.0.1:[0-9]+)")]
    private static partial Regex Listening();
}
