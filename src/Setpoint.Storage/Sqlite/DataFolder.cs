using System.Globalization;
using System.Text;

namespace Setpoint.Storage.Sqlite;

/// <summary>
/// The folder a ledger lives in, held for as long as this object lives. The lock belongs to the process: the system releases it
/// however the process ends, so there is never a stale one to remove.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    public const string DatabaseName = "setpoint.db";
    public const string LockName = "setpoint.lock";

    /// <summary>A restore works on this file; while it exists the folder is not to be trusted.</summary>
    public const string RestoringName = "setpoint.restoring";

    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream lockFile)
    {
        Path = path;
        _lock = lockFile;
    }

    public string Path { get; }

    public string Database => System.IO.Path.Combine(Path, DatabaseName);

    public string Restoring => System.IO.Path.Combine(Path, RestoringName);

    /// <summary>Creates the folder if it is not there, and takes it.</summary>
    /// <exception cref="StoreException">Another process holds it, or it cannot be written.</exception>
    public static DataFolder Hold(string folder)
    {
        var path = System.IO.Path.GetFullPath(folder);
        try
        {
            CreateFolder(path);
            return new(path, Lock(path));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(path, problem);
        }
    }

    /// <summary>Creates an empty file that only its owner may read, if it is not there.</summary>
    public void EnsureDatabase()
    {
        try
        {
            CreatePrivate(Database, System.IO.FileMode.OpenOrCreate).Dispose();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(Path, problem);
        }
    }

    /// <summary>SQLite gives its other files the mode of the database, so a private database is enough.</summary>
    public static FileStream CreatePrivate(string file, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileMode;
        return new(file, options);
    }

    public void Dispose() => _lock.Dispose();

    private static void CreateFolder(string path)
    {
        if (Directory.Exists(path))
            return;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, FolderMode);

        // The first acknowledged commit must not vanish with its folder.
        if (System.IO.Path.GetDirectoryName(path) is { } parent)
            UnixFile.SyncFolder(parent);
    }

    private static FileStream Lock(string path)
    {
        var file = System.IO.Path.Combine(path, LockName);
        var options = new FileStreamOptions
        {
            Mode = System.IO.FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,

            // On Unix this is an exclusive flock; elsewhere nobody else may write, but reading the process id is welcome.
            Share = OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileMode;

        FileStream stream;
        try
        {
            stream = new(file, options);
        }
        catch (IOException problem) when (IsSharingViolation(problem))
        {
            var holder = ReadHolder(file);
            throw new StoreException(
                StoreFailure.InUse,
                $"Data folder '{path}' is in use by another process{(holder is null ? "" : $" (pid {holder})")}; one server at a time may hold it.",
                problem);
        }

        stream.SetLength(0);
        stream.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        stream.Flush();
        return stream;
    }

    // EWOULDBLOCK on Linux (11) and macOS (35), ERROR_SHARING_VIOLATION on Windows.
    private static bool IsSharingViolation(IOException problem) =>
        problem.HResult is 11 or 35 or unchecked((int)0x80070020);

    private static string? ReadHolder(string file)
    {
        var text = UnixFile.TryReadLocked(file);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid.ToString(CultureInfo.InvariantCulture) : null;
    }

    private static StoreException Unavailable(string path, Exception problem) => new(
        StoreFailure.Unavailable,
        $"Data folder '{path}' cannot be used: {problem.Message} Make it writable for this user, or name another folder in SETPOINT_DATA.",
        problem);
}
