using System.Diagnostics;

namespace Setpoint.TestKit;

/// <summary>
/// A node process with npm packages: one line of JSON in, one out. One caller at a time.
/// </summary>
public sealed class NodeProcess : IDisposable
{
    private static readonly TimeSpan AnswerMax = Eventually.Soon;

    private readonly Process _process;
    private readonly Timer _watchdog;

    private NodeProcess(Process process)
    {
        _process = process;
        // A process that is gone ends the wait for its answer.
        _watchdog = new(_ => Kill());
    }

    /// <param name="skip">Skips the test with a reason, and so never returns: node or the packages cannot be had.</param>
    /// <param name="script">Answers each line of its input with one line.</param>
    /// <param name="packages">With versions.</param>
    public static async Task<NodeProcess> StartAsync(Action<string> skip, string script, params string[] packages)
    {
        var folder = await NpmPackages.FolderOfAsync(skip, packages);
        return new(NpmPackages.Launch(skip, "node", folder, "-e", script));
    }

    /// <exception cref="InvalidOperationException">There was no answer.</exception>
    public string Ask(string line)
    {
        _watchdog.Change(AnswerMax, Timeout.InfiniteTimeSpan);
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The node process gave no answer in {AnswerMax}.");
    }

    /// <inheritdoc cref="Ask"/>
    public async Task<string> AskAsync(string line)
    {
        _watchdog.Change(AnswerMax, Timeout.InfiniteTimeSpan);
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
        return await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"The node process gave no answer in {AnswerMax}.");
    }

    public void Dispose()
    {
        _watchdog.Dispose();
        Kill();
        _process.Dispose();
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It was disposed of in the moment in which the watchdog woke.
        }
    }
}
