using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Storage;

/// <summary>
/// Where the ledger is kept. One server process appends through it, one call at a time; reads may run beside the append and beside
/// each other. Every implementation passes the same conformance suite.
/// </summary>
public interface ILedgerStore : IAsyncDisposable
{
    /// <summary>
    /// Opens the store, brings its schema up to date and checks the end of the hash chain.
    /// </summary>
    /// <exception cref="StoreException">It cannot be opened, another server holds it, or the chain is broken.</exception>
    Task<LedgerHead> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Every document as the head left it, tombstones included, in no particular order.</summary>
    IAsyncEnumerable<Document> ReadCurrentAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Appends the commits, in order, in one transaction; they are durable when it returns. The answers are stored with them.
    /// Nothing is stored when it throws, with one exception: <see cref="StoreFailure.OutcomeUnknown"/>.
    /// </summary>
    /// <exception cref="StoreException">With the reason, see <see cref="StoreFailure"/>.</exception>
    Task AppendAsync(
        IReadOnlyList<Commit> commits,
        IReadOnlyList<IdempotentAnswer> answers,
        LedgerHead expectedHead,
        CancellationToken cancellationToken);

    /// <summary>The head as the store has it now.</summary>
    Task<LedgerHead> ReadHeadAsync(CancellationToken cancellationToken);

    /// <summary>Commits with revisions above <paramref name="after"/>, oldest first, with the documents before and after.</summary>
    /// <param name="after">0 for the beginning.</param>
    /// <param name="limit">At most this many, 1 to 1000.</param>
    /// <param name="address">Only commits that touch this address; null for all.</param>
    Task<IReadOnlyList<Commit>> ReadCommitsAsync(long after, int limit, Address? address, CancellationToken cancellationToken);

    Task<Commit?> FindCommitAsync(long revision, CancellationToken cancellationToken);

    /// <summary>The revision of the last commit at or before this time; 0 if there is none.</summary>
    Task<long> FindRevisionAtAsync(DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>These documents as of a revision; those that did not exist yet are left out, removed ones are tombstones.</summary>
    Task<IReadOnlyList<Document>> ReadAsOfAsync(IReadOnlyCollection<Address> addresses, long revision, CancellationToken cancellationToken);

    /// <summary>All documents of a kind as of a revision, or those below its first segment; removed ones are tombstones.</summary>
    Task<IReadOnlyList<Document>> ReadAsOfAsync(string kind, string? firstSegment, long revision, CancellationToken cancellationToken);

    /// <summary>Commits that touched any of these addresses, newest first; their changes hold only these addresses.</summary>
    /// <returns>A page and the number of all such commits.</returns>
    Task<CommitPage> ReadHistoryAsync(
        IReadOnlyCollection<Address> addresses,
        int offset,
        int limit,
        CancellationToken cancellationToken);

    /// <summary>The answer kept for an idempotency key, if it has not expired.</summary>
    Task<IdempotentAnswer?> FindAnswerAsync(string actor, string key, CancellationToken cancellationToken);

    /// <summary>Removes answers whose time is over; returns how many.</summary>
    Task<int> RemoveExpiredAnswersAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Writes a consistent copy of the store to a new file while commits go on.</summary>
    /// <param name="path">A file that does not exist yet.</param>
    Task BackupAsync(string path, CancellationToken cancellationToken);
}

/// <summary>The newest commit: its revision, hash and time. <see cref="Empty"/> before the first.</summary>
public readonly record struct LedgerHead(long Revision, Fingerprint Hash, DateTimeOffset At)
{
    public static LedgerHead Empty => default;
}

/// <summary>A page of history, newest first.</summary>
public sealed record CommitPage(ImmutableArray<Commit> Commits, int Total);

/// <summary>What a write with an idempotency key was answered, kept so that a retry gets the same answer and has no second effect.</summary>
/// <param name="Actor">The key is its caller's own: two callers may use the same one.</param>
/// <param name="Key">1 to 255 visible characters.</param>
/// <param name="Request">Fingerprint of the request the key was first used with.</param>
/// <param name="Answer">The answer, as the caller of the store wrote it.</param>
/// <param name="ExpiresAt">After this it is as if it had never been used.</param>
public sealed record IdempotentAnswer(string Actor, string Key, Fingerprint Request, string Answer, DateTimeOffset ExpiresAt);
