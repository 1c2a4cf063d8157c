using System.Diagnostics;
using Setpoint.Bench.Harness;

namespace Setpoint.Bench.Floors;

/// <summary>What the disk, and SQLite on it, do at most: no HTTP, no checks, no history.</summary>
internal sealed class StorageFloor : IDisposable
{
    private const int RowBytes = 300;
    private readonly TempFolder _folder = new("storage");
    private readonly byte[] _row = new byte[RowBytes];
    private readonly FileStream _file;
    private readonly RawSqlite _sqlite;
    private long _key;

    public StorageFloor()
    {
        Random.Shared.NextBytes(_row);
        _file = new(_folder.File("append"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        _sqlite = new(_folder.File("floor.db"));
        _sqlite.Execute("CREATE TABLE change (id INTEGER PRIMARY KEY, body BLOB); CREATE TABLE audit (id INTEGER PRIMARY KEY, body BLOB)");
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
        using var begin = _sqlite.Prepare("BEGIN IMMEDIATE");
        using var change = _sqlite.Prepare("INSERT INTO change VALUES (?, ?)");
        using var audit = _sqlite.Prepare("INSERT INTO audit VALUES (?, ?)");
        using var commit = _sqlite.Prepare("COMMIT");
        return Repeat(rowsPerTransaction, duration, () =>
        {
            begin.Run();
            for (var i = 0; i < rowsPerTransaction; i++)
            {
                change.Run(++_key, _row);
                audit.Run(_key, _row);
            }

            commit.Run();
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
}
