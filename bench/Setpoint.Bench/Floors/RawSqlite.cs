using Setpoint.Bench.Harness;
using Setpoint.Storage.Sqlite;
using SQLitePCL;

namespace Setpoint.Bench.Floors;

/// <summary>A database through the thinnest binding there is, with the library that our store has chosen.</summary>
internal sealed class RawSqlite : IDisposable
{
    private readonly sqlite3 _database;

    public RawSqlite(string file)
    {
        NativeSqlite.Initialize();
        Check(raw.sqlite3_open(file, out _database), raw.SQLITE_OK);
        Execute("PRAGMA journal_mode=WAL");
        Execute("PRAGMA synchronous=FULL");
    }

    public void Execute(string sql) => Check(raw.sqlite3_exec(_database, sql), raw.SQLITE_OK);

    public Statement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_database, sql, out var statement), raw.SQLITE_OK);
        return new(this, statement);
    }

    public void Dispose() => _database.Dispose();

    private void Check(int code, int expected)
    {
        if (code != expected)
            throw new BenchException($"SQLite answered {code}: {raw.sqlite3_errmsg(_database).utf8_to_string()}");
    }

    internal sealed class Statement(RawSqlite owner, sqlite3_stmt statement) : IDisposable
    {
        public void Run()
        {
            owner.Check(raw.sqlite3_step(statement), raw.SQLITE_DONE);
            raw.sqlite3_reset(statement);
        }

        public void Run(long id, ReadOnlySpan<byte> body)
        {
            raw.sqlite3_bind_int64(statement, 1, id);
            raw.sqlite3_bind_blob(statement, 2, body);
            Run();
        }

        public void Run(string id, ReadOnlySpan<byte> body)
        {
            raw.sqlite3_bind_text(statement, 1, id);
            raw.sqlite3_bind_blob(statement, 2, body);
            Run();
        }

        /// <summary>Each row's column 0, as long as the call lasts.</summary>
        public long Read(Func<ReadOnlySpan<byte>, long> use)
        {
            long sum = 0;
            while (raw.sqlite3_step(statement) == raw.SQLITE_ROW)
                sum += use(raw.sqlite3_column_blob(statement, 0));
            raw.sqlite3_reset(statement);
            return sum;
        }

        public void Dispose() => statement.Dispose();
    }
}
