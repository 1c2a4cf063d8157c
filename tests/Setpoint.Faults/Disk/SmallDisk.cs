using System.Diagnostics;

namespace Setpoint.Faults.Disk;

/// <summary>A file system in memory that is soon full. Making one needs root.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _path;

    private SmallDisk(string path) => _path = path;

    /// <param name="sizeKiB">All that fits.</param>
    /// <param name="reason">Why there is none.</param>
    public static SmallDisk? TryMount(int sizeKiB, out string? reason)
    {
        if (!OperatingSystem.IsLinux() || !string.Equals(Environment.UserName, "root", StringComparison.Ordinal))
        {
            reason = "A small disk is a tmpfs, and mounting one needs root on Linux.";
            return null;
        }

        var path = Directory.CreateTempSubdirectory("setpoint-disk-").FullName;
        var (code, output) = Run("mount", "-t", "tmpfs", "-o", $"size={sizeKiB}k", "tmpfs", path);
        if (code != 0)
        {
            Directory.Delete(path);
            reason = $"A tmpfs cannot be mounted here: {output}";
            return null;
        }

        reason = null;
        return new(path);
    }

    public string File(string name) => Path.Combine(_path, name);

    public void MakeReadOnly()
    {
        var (code, output) = Run("mount", "-o", "remount,ro", _path);
        code.ShouldBe(0, output);
    }

    /// <summary>Takes all the room there is, to the last byte. <see cref="Free"/> gives it back.</summary>
    public void Fill()
    {
        using var ballast = new FileStream(File("ballast"), FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var chunk = new byte[64 * 1024]; ;)
        {
            try
            {
                ballast.Write(chunk);
            }
            catch (IOException)
            {
                if (chunk.Length == 1)
                    return;
                chunk = new byte[chunk.Length / 2];
            }
        }
    }

    public void Free() => System.IO.File.Delete(File("ballast"));

    public void Dispose()
    {
        // Detached at once: a process that is just ending may still hold a file.
        Run("umount", "-l", _path);
        Directory.Delete(_path);
    }

    private static (int Code, string Output) Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{command} cannot be run.");
        var output = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.Trim());
    }
}
