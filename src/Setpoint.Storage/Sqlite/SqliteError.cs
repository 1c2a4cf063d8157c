using SQLitePCL;

namespace Setpoint.Storage.Sqlite;

/// <summary>What a SQLite result code means for the caller of the store.</summary>
internal static class SqliteError
{
    // Extended codes that the binding has no name for.
    private const int IoErrorWrite = raw.SQLITE_IOERR | (3 << 8);

    // errno on Linux and macOS alike, but for EDQUOT (122 and 69).
    private const int FileTooBig = 27;
    private const int NoSpace = 28;
    private static readonly int QuotaExceeded = OperatingSystem.IsMacOS() ? 69 : 122;

    /// <summary>The exception for a failure that left nothing behind: everything but a failed COMMIT.</summary>
    public static StoreException Of(int code, int errno, string message, string file)
    {
        var failure = FailureOf(code, errno);
        return new(failure, Describe(failure, code, errno, message, file));
    }

    /// <summary>The exception for a failed COMMIT, where some errors leave open whether the transaction is durable.</summary>
    public static StoreException OfCommit(int code, int errno, string message, string file)
    {
        // The commit record is written last, so a write that failed means that there is no valid one: rolled back. SQLite keeps no
        // errno from a COMMIT; but a write into the page cache fails for want of room (a quota, a limit on file sizes), while a
        // broken disk shows when it is synced. An error of the sync, or in the shared index after it, comes when the record may
        // already be on the disk.
        var failure = code == IoErrorWrite || (code & 0xff) == raw.SQLITE_FULL ? StoreFailure.Full
            : (code & 0xff) == raw.SQLITE_BUSY ? StoreFailure.Unavailable
            : StoreFailure.OutcomeUnknown;
        return new(failure, Describe(failure, code, errno, message, file));
    }

    /// <summary>No room, whatever SQLite was about to do: write a page, or make the shared index larger.</summary>
    public static bool IsFull(int code, int errno) =>
        (code & 0xff) == raw.SQLITE_FULL
        || ((code & 0xff) == raw.SQLITE_IOERR && (errno is NoSpace or FileTooBig || errno == QuotaExceeded));

    private static StoreFailure FailureOf(int code, int errno)
    {
        if (IsFull(code, errno))
            return StoreFailure.Full;

        return (code & 0xff) switch
        {
            // A constraint can only break if rows are there that the head knows nothing of.
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_CONSTRAINT => StoreFailure.Corrupt,
            _ => StoreFailure.Unavailable,
        };
    }

    private static string Describe(StoreFailure failure, int code, int errno, string message, string file)
    {
        var number = errno == 0 ? "" : $", errno {errno}";
        return failure == StoreFailure.Full
            ? $"No space is left for {file}: {message} (SQLite {code}{number}). Reads go on; free some space and retry."
            : $"{file}: {message} (SQLite {code}{number}).";
    }
}
