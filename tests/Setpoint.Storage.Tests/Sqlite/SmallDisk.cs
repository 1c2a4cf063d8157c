using System.Diagnostics;

namespace Setpoint.Storage.Tests.Sqlite;

/// <summary>A real file system of a given size, where this user may mount one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _path;

    private SmallDisk(string path) => _path = path;

    /// <summary>Null where mounting is not allowed.</summary>
    public static SmallDisk? TryMount(string path, string options)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return null;
        return Run("mount", "-t", "tmpfs", "-o", options, "setpoint-test", path) ? new(path) : null;
    }

    public void Dispose()
    {
        if (!Run("umount", _path))
            Run("umount", "-l", _path);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
