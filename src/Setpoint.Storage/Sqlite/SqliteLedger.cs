
namespace Setpoint.Storage.Sqlite;

/// <summary>The embedded ledger: one file in a data folder that one process holds.</summary>
public static class SqliteLedger
{
    /// <summary>A store that is not open yet; <see cref="ILedgerStore.OpenAsync"/> takes the folder.</summary>
    public static ILedgerStore Create(SqliteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new SqliteLedgerStore(options);
    }

    /// <summary>Where usage is counted, in a file of its own in the same folder. To be used after the ledger was opened.</summary>
    public static IUsageStore CreateUsage(SqliteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new SqliteUsageStore(options);
    }

    /// <summary>The SQLite library in use and where it came from, for example <c>3.40.1 (libsqlite3.so.0)</c>.</summary>
    public static string NativeVersion => NativeSqlite.Version;

    /// <summary>
    /// Recomputes every hash and fingerprint of a ledger that no server has open: a backup, or the file of a stopped server.
    /// </summary>
    /// <param name="file">A ledger's database file.</param>
    /// <returns>The head of the ledger.</returns>
    /// <exception cref="StoreException">It cannot be read, or it contradicts itself: the message names the revision and what differs.</exception>
    public static LedgerHead Verify(string file, CancellationToken cancellationToken) =>
        SqliteBackup.Verify(file, cancellationToken);

    /// <summary>
    /// Puts a backup in place as the ledger of a stopped server, after verifying it. A ledger that is there already is kept aside in
    /// the same folder, and only replaced if <paramref name="replace"/> says so.
    /// </summary>
    /// <exception cref="StoreException">The backup is broken, a server holds the folder, or a ledger is there and may not be replaced.
    /// Nothing has changed then.</exception>
    public static RestoredLedger Restore(string backupFile, string dataFolder, bool replace, CancellationToken cancellationToken) =>
        SqliteRestore.Run(backupFile, dataFolder, replace, cancellationToken);
}

/// <summary>What a restore did.</summary>
/// <param name="Head">Of the restored ledger.</param>
/// <param name="Replaced">Where the ledger that was there before is now; null if there was none.</param>
public sealed record RestoredLedger(LedgerHead Head, string? Replaced);
