using Setpoint.Core.Faults;
using Setpoint.Core.Ledger;
using Setpoint.Storage;

namespace Setpoint.Server.Ledger;

/// <summary>
/// Makes commits of the requests that wait together: judges each against the result of the one before it, appends all with one fsync,
/// swaps the snapshot and answers. Called by one loop at a time.
/// </summary>
internal sealed class CommitGroup(
    ILedgerStore store,
    SnapshotBoard board,
    LedgerMetrics metrics,
    TimeProvider time,
    ILogger<CommitGroup> logger)
{
    private static readonly TimeSpan AnswersKept = TimeSpan.FromHours(24);

    private readonly List<Commit> _commits = [];
    private readonly List<IdempotentAnswer> _answers = [];
    private LedgerHead _head;

    /// <summary>Why writing is impossible now; null when the last append worked.</summary>
    public string? Problem { get; private set; }

    /// <summary>Opens the store and publishes what it holds. A failure stops the start.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        _head = await store.OpenAsync(cancellationToken);
        var documents = new List<Document>();
        await foreach (var document in store.ReadCurrentAsync(cancellationToken))
            documents.Add(document);
        board.Replace(Snapshot.Load(board.Current.Catalog, _head.Revision, _head.Hash, _head.At, documents));
        LedgerLog.Opened(logger, _head.Revision, documents.Count);
        if (_head.Revision == 0)
            await BootstrapAsync(cancellationToken);
    }

    /// <summary>Judges and appends the requests as one group and answers each, whatever happens.</summary>
    public async Task WriteAsync(IReadOnlyList<PendingWrite> group)
    {
        try
        {
            // Another server may have committed meanwhile: catch up and judge again, as often as it takes to win, within reason.
            for (var attempt = 1; attempt <= 10; attempt++)
            {
                var after = await JudgeAllAsync(group);
                if (_commits.Count == 0 && _answers.Count == 0)
                {
                    AnswerAll(group);
                    return;
                }

                try
                {
                    await AppendAsync();
                    Problem = null;
                    if (_commits.Count > 0)
                    {
                        // Durable before visible: a reader must never see what a crash could take back.
                        _head = new(after.Revision, after.Hash, after.At);
                        board.Replace(after);
                    }

                    AnswerAll(group);
                    return;
                }
                catch (StoreException moved) when (moved.Failure == StoreFailure.HeadMoved)
                {
                    await CatchUpAsync();
                }
            }

            RefuseAll(group, new Fault.Unavailable("Other servers commit faster than this one can judge; retry."));
        }
        catch (StoreException failure)
        {
            if (Problem is null)
                LedgerLog.AppendFailed(logger, failure.Failure, failure.Message);
            Problem = failure.Message;
            metrics.AppendFailed(failure.Failure);
            RefuseAll(group, failure.Failure switch
            {
                StoreFailure.Full => new Fault.StoreFull("The store has no space left; nothing was changed. Reads go on, and writes work again when there is space."),
                StoreFailure.OutcomeUnknown => new Fault.Unavailable("The store failed while the change was being made, and it is not known whether it was. Read before you retry, or retry with the same Idempotency-Key."),
                _ => new Fault.Unavailable("The store did not take the change; nothing was changed. Retry later."),
            });
        }
#pragma warning disable CA1031 // The loop's edge: a bug in one group must reach its callers and not end the only writer.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            LedgerLog.GroupFailed(logger, bug);
            foreach (var pending in group)
                pending.Fail(bug);
        }
    }

    /// <summary>Judges each of the group against the result of the one before it, and collects what is to be appended.</summary>
    private async Task<Snapshot> JudgeAllAsync(IReadOnlyList<PendingWrite> group)
    {
        _commits.Clear();
        _answers.Clear();
        var snapshot = board.Current;
        foreach (var pending in group)
        {
            pending.Verdict = null;
            pending.Refusal = null;
            pending.LeansOnGroup = _commits.Count > 0;
            if (pending.Cancelled)
                continue;
            if (await FindKeptAnswerAsync(pending))
                continue;
            if (!Judge(snapshot, pending, out var verdict))
                continue;
            pending.Verdict = WriteOutcome.Of(verdict);
            if (verdict.Commit is { } commit)
                _commits.Add(commit);
            snapshot = verdict.After;
            if (pending.Request.Idempotency is { } key)
                _answers.Add(new(pending.Request.Proposal.Actor, key.Key, key.Request, pending.Verdict.ToText(), time.GetUtcNow() + AnswersKept));
        }

        return snapshot;
    }

    private bool Judge(Snapshot snapshot, PendingWrite pending, out Verdict verdict)
    {
        verdict = null!;
        try
        {
            if (Gate.Judge(snapshot, pending.Request.Proposal, time.GetUtcNow()).TryGet(out verdict!, out var fault))
                return true;
            pending.Refusal = fault;
        }
#pragma warning disable CA1031 // A plan that throws is a bug of one caller and must not take the group with it.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            LedgerLog.PlanFailed(logger, pending.Request.Proposal.Actor, bug);
            pending.Fail(bug);
        }

        return false;
    }

    private async Task<bool> FindKeptAnswerAsync(PendingWrite pending)
    {
        if (pending.Request.Idempotency is not { } key)
            return false;
        var actor = pending.Request.Proposal.Actor;
        var kept = _answers.Find(answer => answer.Actor == actor && answer.Key == key.Key)
            ?? await store.FindAnswerAsync(actor, key.Key, CancellationToken.None);
        if (kept is null)
            return false;
        if (kept.Request == key.Request)
            pending.Verdict = WriteOutcome.Parse(kept.Answer);
        else
            pending.Refusal = new Fault.Conflict($"Idempotency-Key '{key.Key}' was used with another request within the last {AnswersKept.TotalHours} hours; use a new key.");
        return true;
    }

    private async Task AppendAsync()
    {
        var start = time.GetTimestamp();
        try
        {
            await store.AppendAsync(_commits, _answers, _head, CancellationToken.None);
        }
        catch (StoreException unknown) when (unknown.Failure == StoreFailure.OutcomeUnknown)
        {
            // The head tells: it is either where we left it or where this group would bring it. If it cannot be read either, the callers
            // are told so; the next append finds the head moved, if it has, and catches up.
            var head = await ReadHeadAfterAsync(unknown);
            var committed = _commits.Count > 0 && head.Hash == _commits[^1].Hash;
            LedgerLog.OutcomeFound(logger, committed, unknown.Message);
            if (!committed)
                throw new StoreException(StoreFailure.Unavailable, unknown.Message, unknown);
        }

        metrics.Appended(_commits.Count, time.GetElapsedTime(start));
    }

    private async Task<LedgerHead> ReadHeadAfterAsync(StoreException unknown)
    {
        try
        {
            return await store.ReadHeadAsync(CancellationToken.None);
        }
        catch (StoreException)
        {
            throw new StoreException(StoreFailure.OutcomeUnknown, unknown.Message, unknown);
        }
    }

    private async Task CatchUpAsync()
    {
        var snapshot = board.Current;
        while (true)
        {
            var commits = await store.ReadCommitsAsync(snapshot.Revision, limit: 1000, address: null, CancellationToken.None);
            if (commits.Count == 0)
                break;
            foreach (var commit in commits)
                snapshot = snapshot.Apply(commit);
        }

        if (snapshot.Revision > board.Current.Revision)
            board.Replace(snapshot);
        _head = new(snapshot.Revision, snapshot.Hash, snapshot.At);
    }

    private static void AnswerAll(IReadOnlyList<PendingWrite> group)
    {
        foreach (var pending in group)
            pending.Answer();
    }

    private static void RefuseAll(IReadOnlyList<PendingWrite> group, Fault fault)
    {
        foreach (var pending in group)
        {
            // "Stale: version 8" would be a lie if version 8 is a commit of this very group, which was not stored.
            if (pending.Refusal is null || pending.LeansOnGroup)
                pending.Refusal = fault;
            pending.Answer();
        }
    }

    /// <summary>A fresh ledger gets the namespace and the environments that the contract promises.</summary>
    private async Task BootstrapAsync(CancellationToken cancellationToken)
    {
        if (!Gate.Judge(board.Current, Bootstrap.Proposal, time.GetUtcNow()).TryGet(out var verdict, out var fault))
            throw new InvalidOperationException($"The first commit is refused: {fault.Message}");
        await store.AppendAsync([verdict.Commit!], [], _head, cancellationToken);
        _head = new(verdict.After.Revision, verdict.After.Hash, verdict.After.At);
        board.Replace(verdict.After);
    }
}
