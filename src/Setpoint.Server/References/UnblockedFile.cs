using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Setpoint.Server.References;

/// <summary>
/// Opens a file for reading and never waits for another process: to open a named pipe is to wait for its writer, and .NET has no call that
/// does not.
/// </summary>
internal static partial class UnblockedFile
{
    // O_NONBLOCK and O_CLOEXEC on Linux and macOS.
    private static readonly int Flags = OperatingSystem.IsMacOS() ? 0x4 | 0x1000000 : 0x800 | 0x80000;

    private const int NoEntry = 2;
    private const int NoAccess = 13;

    /// <summary>Null if it is a folder, a pipe, a socket or a terminal.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream? Open(string path)
    {
        if (Directory.Exists(path))
            return null;
        if (OperatingSystem.IsWindows())
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

        var descriptor = OpenDescriptor(path, Flags);
        if (descriptor < 0)
        {
            throw Marshal.GetLastPInvokeError() switch
            {
                NoEntry => new FileNotFoundException(),
                NoAccess => new UnauthorizedAccessException(),
                _ => new IOException(Marshal.GetLastPInvokeErrorMessage()),
            };
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        var file = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        if (file.CanSeek)
            return file;
        file.Dispose();
        return null;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenDescriptor(string path, int flags);
}
