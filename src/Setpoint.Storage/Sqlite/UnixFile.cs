using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Setpoint.Storage.Sqlite;

/// <summary>The few things about files that .NET has no call for. Elsewhere than on Unix they do nothing.</summary>
internal static partial class UnixFile
{
    private const int ReadOnly = 0;

    // O_CLOEXEC on Linux and macOS.
    private static readonly int CloseOnExec = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    /// <summary>
    /// Makes the names in a folder durable: after a power loss a file that was created or renamed is there only if its folder
    /// was synced too.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be synced.</exception>
    public static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var handle = Open(folder);
        if (handle.IsInvalid || Sync(handle) != 0)
            throw new IOException($"Folder '{folder}' cannot be synced: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    /// <summary>
    /// The start of a file that another process has locked, or null. File streams of .NET refuse to open it, although on Unix the
    /// lock is advisory and reading does no harm.
    /// </summary>
    public static string? TryReadLocked(string file)
    {
        if (OperatingSystem.IsWindows())
            return null;
        using var handle = Open(file);
        if (handle.IsInvalid)
            return null;
        Span<byte> bytes = stackalloc byte[64];
        try
        {
            return Encoding.ASCII.GetString(bytes[..RandomAccess.Read(handle, bytes, 0)]);
        }
        catch (IOException)
        {
            // The text only makes an error message more helpful.
            return null;
        }
    }

    private static SafeFileHandle Open(string path) => new(OpenDescriptor(path, ReadOnly | CloseOnExec), ownsHandle: true);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenDescriptor(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(SafeFileHandle handle);
}
