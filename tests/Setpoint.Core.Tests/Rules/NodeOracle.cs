using System.ComponentModel;
using System.Diagnostics;
using Setpoint.Core.Json;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Rules;

/// <summary>npm json-logic-js in a process of its own: one line of JSON in, one out.</summary>
internal sealed class NodeOracle : IDisposable
{
    private const string Package = "json-logic-js@2.0.5";

    /// <summary>
    /// json-logic-js but for one thing: arrays and objects are equal by content. Text is made well-formed, because JSON of ours has no half of
    /// a surrogate pair.
    /// </summary>
    private const string Script = """
        const logic = require('json-logic-js');
        const holds = value => typeof value === 'object' && value !== null;
        const same = (a, b) => {
          if (!holds(a) || !holds(b)) return a === b;
          if (a === b) return true;
          if (Array.isArray(a) !== Array.isArray(b)) return false;
          const names = Object.keys(a);
          return names.length === Object.keys(b).length && names.every(name => Object.hasOwn(b, name) && same(a[name], b[name]));
        };
        const loose = (a, b) => holds(a) && holds(b) ? same(a, b) : a == b;
        logic.add_operation('===', (a, b) => same(a, b));
        logic.add_operation('!==', (a, b) => !same(a, b));
        logic.add_operation('==', (a, b) => loose(a, b));
        logic.add_operation('!=', (a, b) => !loose(a, b));
        logic.add_operation('in', (a, b) => Array.isArray(b) ? b.some(item => same(item, a)) : typeof b === 'string' && b !== '' && b.indexOf(a) !== -1);
        logic.add_operation('log', a => a);
        const wellFormed = (_, value) => typeof value === 'string' ? value.toWellFormed() : value;
        require('readline').createInterface({ input: process.stdin }).on('line', line => {
          const { rule, data } = JSON.parse(line);
          let answer;
          try { answer = { value: logic.apply(rule, data) }; } catch (problem) { answer = { thrown: String(problem) }; }
          process.stdout.write(JSON.stringify(answer, wellFormed) + '\n');
        });
        """;

    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan InstallMax = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Timer _watchdog;

    private NodeOracle(Process process)
    {
        _process = process;
        // A process that is gone ends the wait for its answer.
        _watchdog = new(_ => process.Kill());
    }

    /// <summary>Starts it; the test is skipped where node or the package cannot be had.</summary>
    public static async Task<NodeOracle> StartAsync()
    {
        var folder = Path.Combine(Path.GetTempPath(), "setpoint-" + Package.Replace('@', '-'));
        if (!Directory.Exists(folder))
            await InstallAsync(folder);
        return new(Launch("node", folder, "-e", Script));
    }

    /// <summary>What json-logic-js answers; null if it throws.</summary>
    public JsonValue? Answer(JsonValue rule, JsonValue data)
    {
        _watchdog.Change(AnswerMax, Timeout.InfiniteTimeSpan);
        _process.StandardInput.WriteLine(JsonObject.Empty.With("rule", rule).With("data", data).ToString());
        _process.StandardInput.Flush();
        var line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The node process gave no answer in {AnswerMax}.");
        var answer = (JsonObject)JsonOf(line);
        // JSON has no undefined: it is null for us, and not there for JSON.stringify.
        return answer.Contains("thrown") ? null : answer["value"] ?? JsonNull.Instance;
    }

    public void Dispose()
    {
        _watchdog.Dispose();
        _process.Kill();
        _process.Dispose();
    }

    private static async Task InstallAsync(string folder)
    {
        // Beside its place and then moved, so that a run at the same time never sees half a package.
        var making = Directory.CreateTempSubdirectory("setpoint-npm-").FullName;
        using var npm = Launch("npm", making, "install", "--no-save", "--no-audit", "--no-fund", Package);
        var complaint = npm.StandardError.ReadToEndAsync();
        var said = npm.StandardOutput.ReadToEndAsync();
        try
        {
            await npm.WaitForExitAsync().WaitAsync(InstallMax);
        }
        catch (TimeoutException)
        {
            npm.Kill(entireProcessTree: true);
            Assert.Skip($"npm install {Package} took longer than {InstallMax}.");
        }

        if (npm.ExitCode != 0)
            Assert.Skip($"npm install {Package} failed: {await complaint} {await said}");
        try
        {
            Directory.Move(making, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another run was first; its package is the same.
            Directory.Delete(making, recursive: true);
        }
    }

    private static Process Launch(string file, string folder, params string[] arguments)
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
            Assert.Skip($"{file} is not installed; the comparison with {Package} needs it.");
            throw;
        }
    }
}
