using SQLitePCL;

namespace Setpoint.Storage.Sqlite;

/// <summary>
/// One connection and the statements prepared on it. Used by one thread at a time; the owner sees to that, so SQLite's own mutex is off.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    /// <summary>Waits this long for another connection's lock; only a checkpoint or a recovery ever holds one.</summary>
    private const int BusyTimeoutMilliseconds = 5000;

    private readonly sqlite3 _handle;
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

    private SqliteDatabase(sqlite3 handle, string file)
    {
        _handle = handle;
        File = file;
    }

    public string File { get; }

    /// <summary>False also after SQLite itself has rolled back, as it does on a full disk.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    internal sqlite3 Handle => _handle;

    /// <summary>Opens a file that exists.</summary>
    /// <exception cref="StoreException">It cannot be opened, or is no database.</exception>
    public static SqliteDatabase Open(string file)
    {
        NativeSqlite.Initialize();
        var code = raw.sqlite3_open_v2(file, out var handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, null);
        var database = new SqliteDatabase(handle, file);
        try
        {
            database.Check(code);
            raw.sqlite3_extended_result_codes(handle, 1);
            raw.sqlite3_busy_timeout(handle, BusyTimeoutMilliseconds);
            database.Execute("PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>The statement of this text, prepared at its first use and kept. The texts are constants, so they are few.</summary>
    public SqliteStatement Statement(string sql)
    {
        if (_statements.TryGetValue(sql, out var known))
            return known;
        Check(raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var handle));
        var statement = new SqliteStatement(this, handle);
        _statements.Add(sql, statement);
        return statement;
    }

    /// <summary>Runs statements that give no rows.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    /// <summary>The first column of the first row; 0 if there is none or it is null.</summary>
    public long ReadInt64(string sql)
    {
        var statement = Statement(sql);
        try
        {
            return statement.Step() ? statement.Int64(0) : 0;
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>The first column of the first row; null if there is none.</summary>
    public string? ReadText(string sql)
    {
        var statement = Statement(sql);
        try
        {
            return statement.Step() ? statement.Text(0) : null;
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>Rolls back if a transaction is open. Never throws: it runs where another failure is on its way to the caller.</summary>
    public void RollbackIfOpen()
    {
        if (InTransaction)
            raw.sqlite3_exec(_handle, "ROLLBACK");
    }

    public void Check(int code)
    {
        if (code != raw.SQLITE_OK)
            throw Failure(code);
    }

    public StoreException Failure(int code) => SqliteError.Of(DetailedCode(code), Errno(code), Message, File);

    public StoreException CommitFailure(int code) => SqliteError.OfCommit(DetailedCode(code), Errno(code), Message, File);

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        _statements.Clear();
        _handle.manual_close_v2();
    }

    private string Message => _handle.IsInvalid ? "out of memory" : raw.sqlite3_errmsg(_handle).utf8_to_string();

    private int DetailedCode(int code)
    {
        if (_handle.IsInvalid)
            return code;
        var detailed = raw.sqlite3_extended_errcode(_handle);
        return (detailed & 0xff) == (code & 0xff) ? detailed : code;
    }

    // SQLite keeps the number from the last I/O error, so it is only asked for where the code is one.
    private int Errno(int code) =>
        !_handle.IsInvalid && (code & 0xff) is raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN ? NativeSqlite.SystemErrno(_handle) : 0;
}
