namespace Setpoint.Storage.Sqlite;

/// <summary>Where a SQLite ledger is kept.</summary>
/// <param name="Folder">The data folder; created, for its owner alone, if it does not exist.</param>
/// <param name="Time">Decides when an idempotency key has expired.</param>
public sealed record SqliteOptions(string Folder, TimeProvider Time)
{
    /// <summary>
    /// Pages in the write-ahead log after which a commit copies them into the database: 4000 x 4 KiB = 16 MiB. The copy takes about
    /// 15 ms on a common disk and is paid by one group of commits in some hundred; a log of 1000 pages is copied four times as often.
    /// </summary>
    public int CheckpointPages { get; init; } = 4000;
}
