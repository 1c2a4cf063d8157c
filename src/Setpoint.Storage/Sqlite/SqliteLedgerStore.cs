using System.Runtime.CompilerServices;
using Setpoint.Core.Ledger;

namespace Setpoint.Storage.Sqlite;

/// <summary>
/// <see cref="ILedgerStore"/> on one SQLite file. Appends run on a thread of the store's own, because they wait for the disk; reads are
/// short, come from the page cache and run where they are called.
/// </summary>
internal sealed class SqliteLedgerStore(SqliteOptions options) : ILedgerStore
{
    private const int CommitsMax = 1000;

    private readonly OwnedThread _thread = new("setpoint-ledger");
    private DataFolder? _folder;
    private SqliteWriter? _writer;
    private ReaderPool? _readers;
    private bool _isDisposed;

    /// <inheritdoc/>
    public Task<LedgerHead> OpenAsync(CancellationToken cancellationToken) => _thread.RunAsync(() => Open(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task AppendAsync(
        IReadOnlyList<Commit> commits,
        IReadOnlyList<IdempotentAnswer> answers,
        LedgerHead expectedHead,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(commits);
        ArgumentNullException.ThrowIfNull(answers);
        return _thread.RunAsync(
            () =>
            {
                Writer.Append(commits, answers, expectedHead);
                return 0;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Document> ReadCurrentAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await SettleAsync(cancellationToken).ConfigureAwait(false);
        using var lease = Readers.Rent();
        foreach (var document in lease.Reader.Current())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return document;
        }
    }

    /// <inheritdoc/>
    public Task<LedgerHead> ReadHeadAsync(CancellationToken cancellationToken) =>
        ReadAsync(static lease => lease.Reader.Head(), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Commit>> ReadCommitsAsync(long after, int limit, Address? address, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, CommitsMax);
        return ReadAsync<IReadOnlyList<Commit>>(
            lease => lease.Snapshot().Commits(after, limit, address, cancellationToken),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<Commit?> FindCommitAsync(long revision, CancellationToken cancellationToken) =>
        ReadAsync(lease => lease.Snapshot().Commit(revision, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<long> FindRevisionAtAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        ReadAsync(lease => lease.Snapshot().RevisionAt(at), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Document>> ReadAsOfAsync(
        IReadOnlyCollection<Address> addresses,
        long revision,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        return ReadAsync(lease => AsOf(lease.Snapshot(), addresses, revision, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Document>> ReadAsOfAsync(
        string kind,
        string? firstSegment,
        long revision,
        CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        return ReadAsync(
            lease =>
            {
                var reader = lease.Snapshot();
                var root = firstSegment is null ? kind : $"{kind}/{Address.Encode(firstSegment)}";
                var addresses = new List<Address>();
                if (firstSegment is not null)
                    addresses.Add(Address.Parse(root));

                // '0' comes right after '/', so this range is all that begins with the root and a slash.
                addresses.AddRange(reader.AddressesBetween(root + "/", root + "0"));
                return AsOf(reader, addresses, revision, cancellationToken);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<CommitPage> ReadHistoryAsync(
        IReadOnlyCollection<Address> addresses,
        int offset,
        int limit,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        return ReadAsync(lease => lease.Snapshot().History(addresses, offset, limit, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IdempotentAnswer?> FindAnswerAsync(string actor, string key, CancellationToken cancellationToken) =>
        ReadAsync(lease => lease.Reader.Answer(actor, key, options.Time.GetUtcNow()), cancellationToken);

    /// <inheritdoc/>
    public Task<int> RemoveExpiredAnswersAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        _thread.RunAsync(() => Writer.RemoveExpiredAnswers(now), cancellationToken);

    /// <inheritdoc/>
    public async Task BackupAsync(string path, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        await SettleAsync(cancellationToken).ConfigureAwait(false);
        var readers = Readers;

        // A thread for itself: it copies and hashes the whole ledger, and commits go on meanwhile.
        using var thread = new OwnedThread("setpoint-backup");
        await thread.RunAsync(
            () =>
            {
                using var lease = readers.Rent();
                SqliteBackup.Write(lease.Database, path, cancellationToken);
                return 0;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends appends in flight, closes the files and releases the folder. Readers must be done.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        await _thread.RunAsync(
            () =>
            {
                Close();
                return 0;
            },
            CancellationToken.None).ConfigureAwait(false);
        _thread.Dispose();
    }

    /// <summary>Runs on the writer's connection; for tests.</summary>
    internal Task<T> WithWriterAsync<T>(Func<SqliteWriter, T> work) => _thread.RunAsync(() => work(Writer), CancellationToken.None);

    private SqliteWriter Writer => _writer ?? throw NotOpen();

    private ReaderPool Readers => _readers ?? throw NotOpen();

    private InvalidOperationException NotOpen() =>
        _isDisposed ? new ObjectDisposedException(nameof(SqliteLedgerStore)) : new InvalidOperationException("The store is not open.");

    private LedgerHead Open(CancellationToken cancellationToken)
    {
        if (_writer is not null)
            throw new InvalidOperationException("The store is open already.");
        try
        {
            _folder = DataFolder.Hold(options.Folder);
            RefuseHalfRestored(_folder);
            _folder.EnsureDatabase();
            _writer = new(_folder.Database, options);
            LedgerSchema.Migrate(_writer.Database);
            var head = LedgerVerifier.Tail(_writer.Database, cancellationToken);
            _readers = new(_folder.Database);
            return head;
        }
        catch
        {
            Close();
            throw;
        }
    }

    private static void RefuseHalfRestored(DataFolder folder)
    {
        if (!File.Exists(folder.Restoring))
            return;
        var keep = File.Exists(folder.Database) ? $", or remove {DataFolder.RestoringName} to keep the ledger that is there" : "";
        throw new StoreException(StoreFailure.Unavailable, $"A restore into '{folder.Path}' did not finish; run it again{keep}.");
    }

    private void Close()
    {
        // The writer goes last: the last connection to close empties the write-ahead log into the database.
        _readers?.Dispose();
        _readers = null;
        _writer?.Dispose();
        _writer = null;
        _folder?.Dispose();
        _folder = null;
    }

    private async Task<T> ReadAsync<T>(Func<ReaderPool.Lease, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await SettleAsync(cancellationToken).ConfigureAwait(false);
        using var lease = Readers.Rent();
        return read(lease);
    }

    /// <summary>After an append of unknown outcome no read may answer before it is certain what the ledger holds.</summary>
    private Task SettleAsync(CancellationToken cancellationToken) =>
        Writer.IsSettled ? Task.CompletedTask : _thread.RunAsync(() => Writer.Database, cancellationToken);

    private static IReadOnlyList<Document> AsOf(
        LedgerReader reader,
        IReadOnlyCollection<Address> addresses,
        long revision,
        CancellationToken cancellationToken)
    {
        var documents = new List<Document>(addresses.Count);
        foreach (var address in addresses)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader.AsOf(address, revision) is { } document)
                documents.Add(document);
        }

        return documents;
    }
}
