using System.ComponentModel;
using System.Diagnostics;

namespace Setpoint.Faults.Disk;

/// <summary>Makes system calls of a process fail. Needs strace, and that processes may be traced.</summary>
internal static class Strace
{
    /// <summary>False with the reason where it cannot be used.</summary>
    public static bool Works(out string reason)
    {
        reason = "";
        if (!OperatingSystem.IsLinux())
        {
            reason = "strace is there on Linux only.";
            return false;
        }

        try
        {
            using var process = Process.Start(new ProcessStartInfo("strace", ["-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:error=EIO:when=1+2", "true"])
            {
                RedirectStandardError = true,
            })!;
            var problem = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 0)
                return true;
            reason = $"strace cannot trace here: {problem.Trim()}";
        }
        catch (Win32Exception)
        {
            reason = "strace is not installed (apt-get install strace).";
        }

        return false;
    }

    /// <summary>The command to put before another one, which stays the direct process (-D), so that signals reach it.</summary>
    public static IReadOnlyList<string> Inject(string calls, string error, int first, int step) =>
        ["strace", "-D", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", $"trace={calls}", "-e", $"inject={calls}:error={error}:when={first}+{step}"];

    /// <summary>The command that writes down these calls, with the names of their files.</summary>
    public static IReadOnlyList<string> Record(string calls, string file) =>
        ["strace", "-D", "-f", "-y", "--seccomp-bpf", "-qq", "-s", "24", "-o", file, "-e", $"trace={calls}"];
}
