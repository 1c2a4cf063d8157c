namespace Setpoint.Storage.Sqlite;

/// <summary>Where a SQLite ledger is kept.</summary>
/// <param name="Folder">The data folder; created, for its owner alone, if it does not exist.</param>
/// <param name="Time">Decides when an idempotency key has expired.</param>
public sealed record SqliteOptions(string Folder, TimeProvider Time)
{
    /// <summary>
    /// Pages in the write-ahead log after which a commit copies them into the database: 8000 x 4 KiB = 32 MiB. The copy takes 10 to
    /// 20 ms and is paid by one group of commits in some hundred; at a fourth of this the p99 of a group is three times as high. A log
    /// of this size is read back in less than 100 ms after a crash.
    /// </summary>
    public int CheckpointPages { get; init; } = 8000;
}
