using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Setpoint.Client.Cache;

/// <summary>Files that are whole or absent, also after a power loss, and readable by their owner only.</summary>
internal static partial class DurableFile
{
    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creates the folder with mode 0700. One that exists keeps its mode: it is the user's choice, and the files are 0600.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, OwnerFolder);
    }

    /// <summary>Replaces the file's content in one step.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        // 1. A new file beside it: a crash here leaves the old file as it was.
        var next = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(next, Options()))
            {
                stream.Write(content);

                // 2. The content before the name, else a power loss could leave a name that points at nothing.
                stream.Flush(flushToDisk: true);
            }

            // 3. Take the old one's place, in one step.
            File.Move(next, path, overwrite: true);
        }
        catch
        {
            File.Delete(next);
            throw;
        }

        // 4. The name itself is content of the folder.
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerFile;
        return options;
    }

    private static void SyncFolder(string path)
    {
        // Windows has no such call, and its rename is journalled. .NET opens no folders, hence the system's own functions.
        if (OperatingSystem.IsWindows())
            return;
        var folder = Open(path, 0);
        if (folder < 0)
            throw Problem("open", path);
        try
        {
            if (Sync(folder) != 0)
                throw Problem("sync", path);
        }
        finally
        {
            // The descriptor is gone whatever close answers.
            _ = Close(folder);
        }
    }

    private static IOException Problem(string action, string path)
    {
        var reason = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"Cannot {action} the folder {path}: {reason.Message}", reason);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
