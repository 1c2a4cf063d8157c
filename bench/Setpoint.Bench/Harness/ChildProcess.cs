using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Setpoint.Bench.Harness;

/// <summary>
/// A process of this run: its output is kept for the message when it fails, its CPU time and memory are read from /proc, and it
/// does not outlive the run.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private const int LinesMax = 200;
    private static readonly ConcurrentDictionary<int, Process> Running = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;
    private readonly string _name;

    static ChildProcess()
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => KillAll();
        Console.CancelKeyPress += (_, _) => KillAll();
    }

    private ChildProcess(string name, Process process)
    {
        _name = name;
        _process = process;
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <param name="readyPrefix">The output line that begins with this says the process is ready; null if it says nothing.</param>
    public static ChildProcess Start(
        string name,
        string file,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        string? readyPrefix = null)
    {
        var start = new ProcessStartInfo(file)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (key, value) in environment)
            start.Environment[key] = value;

        var process = new Process { StartInfo = start };
        var child = new ChildProcess(name, process);
        process.OutputDataReceived += (_, line) => child.Keep(line.Data, readyPrefix);
        process.ErrorDataReceived += (_, line) => child.Keep(line.Data, readyPrefix);
        process.Start();
        Running[process.Id] = process;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>The rest of the ready line.</summary>
    public async Task<string> ReadyAsync(TimeSpan limit)
    {
        var exited = _process.WaitForExitAsync();
        var first = await Task.WhenAny(_ready.Task, exited, Task.Delay(limit));
        return first == _ready.Task ? await _ready.Task : throw Failure("did not become ready");
    }

    public BenchException Failure(string what) =>
        new($"{_name} {what}{(HasExited ? $" (exit code {_process.ExitCode})" : "")}. Its last output:\n{string.Join('\n', _lines.TakeLast(20))}");

    /// <summary>CPU time of all threads so far.</summary>
    public TimeSpan CpuTime()
    {
        var nanoseconds = Native.CpuNanoseconds(Id);
        return nanoseconds >= 0 ? TimeSpan.FromTicks(nanoseconds / 100) : throw Failure("ended in the middle of a measurement");
    }

    /// <summary>Calls of read(2) and pread(2) so far: files, not sockets, which are read by recv.</summary>
    public double FileReads() => double.Parse(
        File.ReadLines($"/proc/{Id}/io").First(line => line.StartsWith("syscr", StringComparison.Ordinal)).Split(' ')[1],
        CultureInfo.InvariantCulture);

    /// <summary>Resident memory in KiB; anonymous pages alone, when <paramref name="field"/> is RssAnon.</summary>
    public double ResidentKib(string field = "VmRSS")
    {
        foreach (var line in File.ReadLines($"/proc/{Id}/status"))
        {
            if (line.StartsWith(field, StringComparison.Ordinal))
                return double.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }

        throw Failure($"has no {field}");
    }

    /// <summary>Asks it to stop and waits; kills it when it does not.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            // 15 is SIGTERM; a floor also stops when its input ends.
            using (var term = Process.Start("kill", ["-15", Id.ToString(CultureInfo.InvariantCulture)]))
                term.WaitForExit();
            if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
                _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        Running.TryRemove(Id, out _);
        _process.Dispose();
    }

    private static void KillAll()
    {
        foreach (var process in Running.Values)
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private void Keep(string? line, string? readyPrefix)
    {
        if (line is null)
            return;
        _lines.Enqueue(line);
        while (_lines.Count > LinesMax)
            _lines.TryDequeue(out _);
        if (readyPrefix is not null && line.StartsWith(readyPrefix, StringComparison.Ordinal))
            _ready.TrySetResult(line[readyPrefix.Length..].Trim());
    }
}
