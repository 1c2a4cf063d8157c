using System.Collections.Immutable;
using Setpoint.Core.Statistics;
using SQLitePCL;

namespace Setpoint.Storage.Sqlite;

/// <summary>
/// <see cref="IUsageStore"/> on a SQLite file beside the ledger's. One thread writes and one reads, so that a long look at an experiment holds
/// up no count.
/// </summary>
/// <remarks>
/// The log is not synced with each transaction: after a kill nothing is lost, after a power failure the last seconds are, and the file is
/// whole either way. The folder is created and held by the ledger, which opens first.
/// </remarks>
internal sealed class SqliteUsageStore(SqliteOptions options) : IUsageStore
{
    public const string DatabaseName = "usage.db";

    private readonly OwnedThread _writing = new("setpoint-usage");
    private readonly OwnedThread _reading = new("setpoint-usage-read");
    private readonly string _file = Path.Combine(Path.GetFullPath(options.Folder), DatabaseName);
    private Connection? _writer;
    private Connection? _reader;
    private bool _isDisposed;

    public Task AddAsync(UsageBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return WriteAsync(
            connection =>
            {
                connection.Usage.Add(batch);
                return 0;
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<UsageCount>> ReadCountsAsync(
        string ns, string? flag, string? environment, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<UsageCount>>(connection => connection.Usage.Counts(ns, flag, environment, from, to), cancellationToken);

    public Task<HyperLogLog?> ReadKeysAsync(
        string ns, string flag, string? environment, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        ReadAsync(connection => connection.Usage.Keys(ns, flag, environment, from, to), cancellationToken);

    public Task<IReadOnlyList<VariantUse>> ReadUseAsync(string? ns, string? environment, DateTimeOffset from, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<VariantUse>>(connection => connection.Usage.Use(ns, environment, from), cancellationToken);

    public Task<DateTimeOffset> ReadStartAsync(CancellationToken cancellationToken) => ReadAsync(
        static connection => UsageTime.OfMilliseconds(connection.Database.ReadInt64("SELECT value FROM meta WHERE name = 'start'")), cancellationToken);

    public Task<ObservationOutcome> ObserveAsync(ObservationBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return WriteAsync(connection => connection.Experiments.Observe(batch), cancellationToken);
    }

    public Task<ExperimentSample> ReadExperimentAsync(ExperimentId experiment, ImmutableArray<ObservedMetric> metrics, CancellationToken cancellationToken) =>
        ReadAsync(connection => connection.Experiments.Sample(experiment, metrics, cancellationToken), cancellationToken);

    public Task<bool> RemoveBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken) =>
        // Not a short-cut: one sweep must not wait for the end of the other.
        WriteAsync(connection => connection.Usage.Sweep(time) | connection.Experiments.Sweep(time), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        await CloseAsync(_reading, () => _reader?.Dispose()).ConfigureAwait(false);
        await CloseAsync(_writing, () => _writer?.Dispose()).ConfigureAwait(false);
    }

    private static async Task CloseAsync(OwnedThread thread, Action close)
    {
        await thread.RunAsync(
            () =>
            {
                close();
                return 0;
            },
            CancellationToken.None).ConfigureAwait(false);
        thread.Dispose();
    }

    private Task<T> WriteAsync<T>(Func<Connection, T> work, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _writing.RunAsync(() => Transact(_writer ??= Connect(isWriter: true), work), cancellationToken);
    }

    private async Task<T> ReadAsync<T>(Func<Connection, T> work, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);

        // The writer makes the file and its tables.
        await _writing.RunAsync(() => _writer ??= Connect(isWriter: true), cancellationToken).ConfigureAwait(false);
        return await _reading.RunAsync(() => Transact(_reader ??= Connect(isWriter: false), work), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads too: what one answer is made of must be one state.</summary>
    private static T Transact<T>(Connection connection, Func<Connection, T> work)
    {
        var database = connection.Database;
        try
        {
            database.Statement(connection.IsWriter ? "BEGIN IMMEDIATE" : "BEGIN").Run();
            var result = work(connection);
            var code = database.Statement("COMMIT").TryRun();
            return code == raw.SQLITE_OK ? result : throw database.CommitFailure(code);
        }
        finally
        {
            database.RollbackIfOpen();
        }
    }

    private Connection Connect(bool isWriter)
    {
        try
        {
            if (isWriter)
                DataFolder.CreatePrivate(_file, FileMode.OpenOrCreate).Dispose();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFailure.Unavailable, $"{_file} cannot be used: {problem.Message}", problem);
        }

        var database = SqliteDatabase.Open(_file);
        try
        {
            if (!isWriter)
                return new(database, isWriter);
            _ = database.ReadText("PRAGMA journal_mode = WAL");
            database.Execute("PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 16777216; PRAGMA cache_size = -16000");
            UsageSchema.Migrate(database);
            var start = database.Statement("INSERT INTO meta (name, value) VALUES ('start', ?1) ON CONFLICT DO NOTHING");
            start.Bind(1, options.Time.GetUtcNow().ToUnixTimeMilliseconds());
            start.Run();
            return new(database, isWriter);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private sealed class Connection(SqliteDatabase database, bool isWriter) : IDisposable
    {
        public SqliteDatabase Database => database;

        public bool IsWriter => isWriter;

        public UsageRows Usage { get; } = new(database);

        public ExperimentRows Experiments { get; } = new(database);

        public void Dispose() => database.Dispose();
    }
}
