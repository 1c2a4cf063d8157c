using System.ComponentModel;
using System.Diagnostics;

namespace Setpoint.TestKit;

/// <summary>
/// A node process with npm packages: one line of JSON in, one out. One caller at a time.
/// </summary>
public sealed class NodeProcess : IDisposable
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan InstallMax = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Timer _watchdog;

    private NodeProcess(Process process)
    {
        _process = process;
        // A process that is gone ends the wait for its answer.
        _watchdog = new(_ => process.Kill());
    }

    /// <param name="skip">Skips the test with a reason, and so never returns: node or the packages cannot be had.</param>
    /// <param name="script">Answers each line of its input with one line.</param>
    /// <param name="packages">With versions: they name the folder that keeps them from run to run.</param>
    public static async Task<NodeProcess> StartAsync(Action<string> skip, string script, params string[] packages)
    {
        var name = string.Join('-', packages.Select(package => package.Replace('@', '-').Replace('/', '-')));
        var folder = Path.Combine(Path.GetTempPath(), "setpoint-" + name);
        if (!Directory.Exists(folder))
            await InstallAsync(skip, folder, packages);
        return new(Launch(skip, "node", folder, "-e", script));
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
        _process.Kill();
        _process.Dispose();
    }

    private static async Task InstallAsync(Action<string> skip, string folder, string[] packages)
    {
        // Beside its place and then moved, so that a run at the same time never sees half a package.
        var making = Directory.CreateTempSubdirectory("setpoint-npm-").FullName;
        var named = string.Join(' ', packages);
        using var npm = Launch(skip, "npm", making, ["install", "--no-save", "--no-audit", "--no-fund", .. packages]);
        var complaint = npm.StandardError.ReadToEndAsync();
        var said = npm.StandardOutput.ReadToEndAsync();
        try
        {
            await npm.WaitForExitAsync().WaitAsync(InstallMax);
        }
        catch (TimeoutException)
        {
            npm.Kill(entireProcessTree: true);
            skip($"npm install {named} took longer than {InstallMax}.");
        }

        if (npm.ExitCode != 0)
            skip($"npm install {named} failed: {await complaint} {await said}");
        try
        {
            Directory.Move(making, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another run was first; its packages are the same.
            Directory.Delete(making, recursive: true);
        }
    }

    private static Process Launch(Action<string> skip, string file, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            skip($"{file} is not installed; the comparison with npm packages needs it.");
            throw;
        }
    }
}
