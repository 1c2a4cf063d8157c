using System.Diagnostics;
using Setpoint.Bench.Harness;

namespace Setpoint.Bench.Targets;

/// <summary>The server's program: as run.sh builds and starts it, which is what users run, and as any other build leaves it.</summary>
internal static class ServerProgram
{
    private static readonly Lazy<string> Built = new(Build);

    /// <summary>What run.sh starts. Built when it is first asked for, once a run.</summary>
    public static string Started => Built.Value;

    /// <summary>Compiled while it runs: what run.sh starts where the ahead-of-time compiler cannot be had.</summary>
    public static string Plain =>
        Path.Combine(Machine.RepositoryRoot(), "src", "Setpoint.Server", "bin", "Release", "net10.0", "Setpoint.Server");

    private static string Build()
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(Machine.RepositoryRoot(), "run.sh"), "--build"]) { RedirectStandardOutput = true };
        using var script = Process.Start(start)!;
        var dll = script.StandardOutput.ReadToEnd().Trim();
        script.WaitForExit();
        var program = Path.ChangeExtension(dll, null);
        return script.ExitCode == 0 && File.Exists(program)
            ? program
            : throw new BenchException($"run.sh --build ended with code {script.ExitCode} and named '{dll}'.");
    }
}
