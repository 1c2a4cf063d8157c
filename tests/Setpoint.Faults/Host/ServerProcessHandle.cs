using System.Diagnostics;
using System.Text;

namespace Setpoint.Faults.Host;

/// <summary>One server process and what it printed. Ends the process when disposed.</summary>
internal sealed class ServerProcessHandle : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly Task _pumps;

    private ServerProcessHandle(Process process)
    {
        _process = process;
        _pumps = Task.WhenAll(PumpAsync(process.StandardOutput, _output), PumpAsync(process.StandardError, _errors));
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Starts the server with these variables and no others of ours.</summary>
    public static ServerProcessHandle Start(IReadOnlyList<string>? wrapper, params ReadOnlySpan<(string Name, string? Value)> variables)
    {
        string[] command = [.. wrapper ?? [], Environment.ProcessPath is { } host && Path.GetFileName(host) == "dotnet" ? host : "dotnet", ServerProgram.Dll];
        var start = new ProcessStartInfo(command[0], command.AsSpan(1).ToArray())
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var name in start.Environment.Keys.ToList())
        {
            if (name.StartsWith("SETPOINT_", StringComparison.Ordinal) || name.StartsWith("CONFIG_", StringComparison.Ordinal))
                start.Environment.Remove(name);
        }

        start.Environment["LOG_LEVEL"] = "warn";
        // These processes live for a second: code that is never run often enough need not be instrumented.
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        return new(Process.Start(start) ?? throw new InvalidOperationException("The server process could not be started."));
    }

    public void Kill()
    {
        if (!_process.HasExited)
            _process.Kill();
    }

    public void Terminate() => Signals.Terminate(_process.Id);

    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">It still runs after <paramref name="bound"/>.</exception>
    public async Task<int> ExitAsync(TimeSpan bound)
    {
        using var timeout = new CancellationTokenSource(bound);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"The server still runs after {bound}: {_output}{_errors}", late);
        }
    }

    /// <summary>Everything that an ended process printed.</summary>
    public async Task<string> OutputAsync()
    {
        if (_process.HasExited)
            await _pumps.WaitAsync(TimeSpan.FromSeconds(10));
        return Read(_output) + Read(_errors);
    }

    /// <summary>The lines on stderr of an ended process.</summary>
    public async Task<string[]> ErrorLinesAsync()
    {
        await _pumps.WaitAsync(TimeSpan.FromSeconds(10));
        return Read(_errors).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _process.WaitForExitAsync();
        await _pumps.WaitAsync(TimeSpan.FromSeconds(10));
        _process.Dispose();
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }

    private static async Task PumpAsync(StreamReader from, StringBuilder to)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            lock (to)
                to.Append(line).Append('\n');
        }
    }
}
