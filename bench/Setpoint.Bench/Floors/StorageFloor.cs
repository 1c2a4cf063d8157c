using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Setpoint.Bench.Harness;

namespace Setpoint.Bench.Floors;

/// <summary>What the disk, and SQLite on it, do at most: no HTTP, no checks, no history.</summary>
internal sealed class StorageFloor : IDisposable
{
    private const int RowBytes = 300;
    private readonly TempFolder _folder = new("storage");
    private readonly byte[] _row = new byte[RowBytes];
    private readonly FileStream _file;
    private readonly SqliteConnection _sqlite;
    private long _key;

    public StorageFloor()
    {
        SQLitePCL.Batteries_V2.Init();
        Random.Shared.NextBytes(_row);
        _file = new(_folder.File("append"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        _sqlite = new($"Data Source={_folder.File("floor.db")};Pooling=False");
        _sqlite.Open();
        Execute("PRAGMA journal_mode=WAL");
        Execute("PRAGMA synchronous=FULL");
        Execute("CREATE TABLE change (id INTEGER PRIMARY KEY, body BLOB); CREATE TABLE audit (id INTEGER PRIMARY KEY, body BLOB)");
    }

    /// <summary>Rows a second, each fsync for this many.</summary>
    public (LatencyHistogram Latency, double RowsPerSecond) Append(int rowsPerSync, TimeSpan duration)
    {
        var batch = new byte[RowBytes * rowsPerSync];
        var descriptor = (int)_file.SafeFileHandle.DangerousGetHandle();
        return Repeat(rowsPerSync, duration, () =>
        {
            _file.Write(batch);
            Native.SyncData(descriptor);
        });
    }

    /// <summary>The same through SQLite (WAL, FULL): a change and its audit row, this many to a transaction.</summary>
    public (LatencyHistogram Latency, double RowsPerSecond) Sqlite(int rowsPerTransaction, TimeSpan duration)
    {
        using var change = Insert("change");
        using var audit = Insert("audit");
        return Repeat(rowsPerTransaction, duration, () =>
        {
            using var transaction = _sqlite.BeginTransaction(deferred: false);
            change.Transaction = transaction;
            audit.Transaction = transaction;
            for (var i = 0; i < rowsPerTransaction; i++)
            {
                change.Parameters[0].Value = audit.Parameters[0].Value = ++_key;
                change.ExecuteNonQuery();
                audit.ExecuteNonQuery();
            }

            transaction.Commit();
        });
    }

    public void Dispose()
    {
        _file.Dispose();
        _sqlite.Dispose();
        _folder.Dispose();
    }

    private static (LatencyHistogram Latency, double RowsPerSecond) Repeat(int rows, TimeSpan duration, Action work)
    {
        var latency = new LatencyHistogram();
        var begin = Stopwatch.GetTimestamp();
        var now = begin;
        while (Stopwatch.GetElapsedTime(begin, now) < duration)
        {
            work();
            var after = Stopwatch.GetTimestamp();
            latency.Record((long)Stopwatch.GetElapsedTime(now, after).TotalNanoseconds);
            now = after;
        }

        return (latency, latency.Count * rows / Stopwatch.GetElapsedTime(begin, now).TotalSeconds);
    }

    private SqliteCommand Insert(string table)
    {
        var command = _sqlite.CreateCommand();
#pragma warning disable CA2100 // Two names from the lines above.
        command.CommandText = $"INSERT INTO {table} (id, body) VALUES ($id, $body)";
#pragma warning restore CA2100
        command.Parameters.AddWithValue("$id", 0L);
        command.Parameters.AddWithValue("$body", _row);
        return command;
    }

    private void Execute(string sql)
    {
        using var command = _sqlite.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
