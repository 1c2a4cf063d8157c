using System.Buffers;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using SQLitePCL;

namespace Setpoint.Storage.Sqlite;

/// <summary>
/// The one connection that writes. Every member runs on the store's thread. Statements are prepared once and bound again; nothing
/// is allocated per row but what the caller's commits already are.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private const string CommitSql =
        "INSERT INTO commits (revision, at, actor, message, tags, rollback_to, changes, previous_hash, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

    private const string VersionSql = "INSERT INTO document_versions (id, address, before, fingerprint, body) VALUES (?1, ?2, ?3, ?4, ?5)";

    private const string HeadSql = "INSERT INTO meta (name, value) VALUES ('head', ?1) ON CONFLICT (name) DO UPDATE SET value = excluded.value";

    // An answer that is still valid stays: the condition turns the insert into nothing, and that is seen by the count of changes.
    private const string AnswerSql =
        """
        INSERT INTO idempotency (actor, key, request, answer, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (actor, key) DO UPDATE SET request = excluded.request, answer = excluded.answer, expires_at = excluded.expires_at
        WHERE idempotency.expires_at <= ?6
        """;

    private const string ExpireSql = "DELETE FROM idempotency WHERE expires_at <= ?1";

    // A buffer that has held a large body is not kept for ever.
    private const int BufferKeptMax = 256 * 1024;

    private readonly string _file;
    private readonly SqliteOptions _options;
    private SqliteDatabase? _database;
    private ArrayBufferWriter<byte> _body = new(4096);
    private volatile bool _isSettled = true;

    public SqliteWriter(string file, SqliteOptions options)
    {
        _file = file;
        _options = options;
        _database = Connect();
    }

    /// <summary>How a transaction is committed; the fault tests put a failing one here.</summary>
    internal Func<SqliteDatabase, int> CommitStep { get; set; } = static database => database.Statement("COMMIT").TryRun();

    /// <summary>False from an append of unknown outcome until the connection has been opened again.</summary>
    public bool IsSettled => _isSettled;

    /// <summary>
    /// The connection. After an append of unknown outcome it is a new one, and the write-ahead log is emptied first: what the log may
    /// hold of that append is not in SQLite's index any more, but a crash would bring it back.
    /// </summary>
    /// <exception cref="StoreException">The disk still fails.</exception>
    public SqliteDatabase Database
    {
        get
        {
            if (_isSettled)
                return _database!;

            _database?.Dispose();
            _database = null;
            var database = Connect();
            try
            {
                var code = raw.sqlite3_wal_checkpoint_v2(database.Handle, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _);
                database.Check(code);
            }
            catch
            {
                database.Dispose();
                throw;
            }

            _database = database;
            _isSettled = true;
            return database;
        }
    }

    /// <summary>See <see cref="ILedgerStore.AppendAsync"/>.</summary>
    public void Append(IReadOnlyList<Commit> commits, IReadOnlyList<IdempotentAnswer> answers, LedgerHead expectedHead)
    {
        AppendCheck.Chain(commits, expectedHead);
        Transact(database =>
        {
            var head = new LedgerReader(database).Head();
            if (head.Revision != expectedHead.Revision || head.Hash != expectedHead.Hash)
            {
                throw new StoreException(
                    StoreFailure.HeadMoved,
                    $"The ledger is at revision {head.Revision}, not at the expected {expectedHead.Revision}.");
            }

            for (var i = 0; i < commits.Count; i++)
                Write(database, commits[i]);
            for (var i = 0; i < answers.Count; i++)
                Write(database, answers[i]);
            if (commits.Count > 0)
                WriteHead(database, commits[^1]);
            return 0;
        });
    }

    public int RemoveExpiredAnswers(DateTimeOffset now) => Transact(database =>
    {
        var statement = database.Statement(ExpireSql);
        statement.Bind(1, LedgerRows.ToMilliseconds(now));
        statement.Run();
        return raw.sqlite3_changes(database.Handle);
    });

    public void Dispose() => _database?.Dispose();

    private SqliteDatabase Connect()
    {
        var database = SqliteDatabase.Open(_file);
        try
        {
            if (database.ReadText("PRAGMA journal_mode = WAL") != "wal")
            {
                throw new StoreException(
                    StoreFailure.Unavailable,
                    $"{_file} cannot have a write-ahead log: its file system has no shared memory. Keep the data folder on a local disk.");
            }

            // The log shrinks back to 64 MiB when a long backup has let it grow.
            database.Execute($"""
                PRAGMA synchronous = FULL;
                PRAGMA journal_size_limit = 67108864;
                PRAGMA cache_size = -16000;
                PRAGMA wal_autocheckpoint = {_options.CheckpointPages}
                """);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private T Transact<T>(Func<SqliteDatabase, T> work)
    {
        var database = Database;
        try
        {
            database.Statement("BEGIN IMMEDIATE").Run();
            var result = work(database);
            Commit(database);
            return result;
        }
        finally
        {
            // SQLite has already rolled back after some failures; after the others it is done here, so that the next append can begin.
            database.RollbackIfOpen();
        }
    }

    private void Commit(SqliteDatabase database)
    {
        var code = CommitStep(database);
        if (code == raw.SQLITE_OK)
            return;
        var failure = database.CommitFailure(code);
        if (failure.Failure == StoreFailure.OutcomeUnknown)
            _isSettled = false;
        throw failure;
    }

    private void Write(SqliteDatabase database, Commit commit)
    {
        var row = database.Statement(CommitSql);
        row.Bind(1, commit.Revision);
        row.Bind(2, LedgerRows.ToMilliseconds(commit.At));
        row.Bind(3, commit.Actor);
        row.Bind(4, commit.Message);
        if (LedgerRows.WriteTags(commit.Tags) is { } tags)
            row.Bind(5, tags);
        else
            row.BindNull(5);
        row.Bind(6, commit.RollbackTo);
        row.Bind(7, commit.Changes.Length);
        row.Bind(8, commit.PreviousHash);
        row.Bind(9, commit.Hash);
        row.Run();

        for (var position = 0; position < commit.Changes.Length; position++)
            Write(database, LedgerReader.FirstId(commit.Revision) + position, commit.Changes[position]);
    }

    private void Write(SqliteDatabase database, long id, DocumentChange change)
    {
        var row = database.Statement(VersionSql);
        row.Bind(1, id);
        row.Bind(2, change.Address.Text);
        row.Bind(3, change.Before?.Version ?? 0);
        if (change.After.Body is { } body)
        {
            row.Bind(4, change.After.Fingerprint);
            row.BindText(5, Utf8(body));
        }
        else
        {
            row.BindNull(4);
            row.BindNull(5);
        }

        row.Run();
    }

    private ReadOnlySpan<byte> Utf8(JsonObject body)
    {
        if (_body.Capacity > BufferKeptMax)
            _body = new(4096);
        else
            _body.ResetWrittenCount();
        JsonWriter.Write(body, _body);
        return _body.WrittenSpan;
    }

    private void Write(SqliteDatabase database, IdempotentAnswer answer)
    {
        var row = database.Statement(AnswerSql);
        row.Bind(1, answer.Actor);
        row.Bind(2, answer.Key);
        row.Bind(3, answer.Request);
        row.Bind(4, answer.Answer);
        row.Bind(5, LedgerRows.ToMilliseconds(answer.ExpiresAt));
        row.Bind(6, LedgerRows.ToMilliseconds(_options.Time.GetUtcNow()));
        row.Run();
        if (raw.sqlite3_changes(database.Handle) == 0)
        {
            throw new InvalidOperationException(
                "An idempotency key that still has an answer was given another one; look it up before the append.");
        }
    }

    private static void WriteHead(SqliteDatabase database, Commit newest)
    {
        var row = database.Statement(HeadSql);
        row.Bind(1, LedgerRows.HeadText(new(newest.Revision, newest.Hash, newest.At)));
        row.Run();
    }
}
