namespace Setpoint.Storage.Sqlite;

/// <summary>Connections that read, each used by one caller at a time. A read sees the last commit before it began, and blocks nobody.</summary>
internal sealed class ReaderPool(string file) : IDisposable
{
    // More may be open at once; this many stay open.
    private const int IdleMax = 4;

    private readonly Lock _gate = new();
    private readonly Stack<SqliteDatabase> _idle = new();
    private bool _isClosed;

    public Lease Rent()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_idle.TryPop(out var database))
                return new(this, database);
        }

        var opened = SqliteDatabase.Open(file);
        try
        {
            opened.Execute("PRAGMA query_only = ON");
            return new(this, opened);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Closes the idle connections; those in use close when they come back.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            while (_idle.TryPop(out var database))
                database.Dispose();
        }
    }

    private void Return(SqliteDatabase database)
    {
        database.RollbackIfOpen();
        lock (_gate)
        {
            if (!_isClosed && _idle.Count < IdleMax)
            {
                _idle.Push(database);
                return;
            }
        }

        database.Dispose();
    }

    internal readonly struct Lease(ReaderPool pool, SqliteDatabase database) : IDisposable
    {
        public SqliteDatabase Database { get; } = database;

        public LedgerReader Reader { get; } = new(database);

        /// <summary>Several queries that must see one state run in a transaction; it ends with the lease.</summary>
        public LedgerReader Snapshot()
        {
            Database.Statement("BEGIN").Run();
            return Reader;
        }

        public void Dispose() => pool.Return(Database);
    }
}
