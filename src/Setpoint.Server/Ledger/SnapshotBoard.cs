using System.Diagnostics;
using Setpoint.Core.Ledger;

namespace Setpoint.Server.Ledger;

/// <summary>The newest snapshot, and the signal that there is a newer one. Readers take no lock.</summary>
/// <param name="catalog">Of every snapshot that will lie here.</param>
internal sealed class SnapshotBoard(KindCatalog catalog)
{
    private Snapshot _current = Snapshot.Empty(catalog);
    private TaskCompletionSource _changed = NewSignal();
    private long _replacedAt;

    /// <summary>Timestamp of the last swap. Taken before <see cref="Current"/> it is that snapshot's or an older one's.</summary>
    public long ReplacedAt => Volatile.Read(ref _replacedAt);

    public Snapshot Current => Volatile.Read(ref _current);

    /// <summary>Completes with the next snapshot, or with a reason to look at this one again. Take it before reading <see cref="Current"/>, never after.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>Called only while starting and by the writer loop, so that revisions arrive in order.</summary>
    public void Replace(Snapshot next)
    {
        Debug.Assert(next.Revision > Current.Revision || Current.Revision == 0, "A snapshot replaces an older one.");

        // Swap, then signal: whoever the signal wakes must already see `next`.
        Volatile.Write(ref _current, next);
        Volatile.Write(ref _replacedAt, Stopwatch.GetTimestamp());
        Nudge();
    }

    /// <summary>
    /// Wakes all who wait for a newer snapshot, to look at this one again: it resolves to something else, because of what lies outside
    /// the ledger.
    /// </summary>
    public void Nudge() => Interlocked.Exchange(ref _changed, NewSignal()).SetResult();

    /// <summary>Waits until this server has the revision.</summary>
    /// <returns>False if it has not come within <paramref name="patience"/>.</returns>
    public async Task<bool> WaitForAsync(long revision, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Current.Revision >= revision)
            return true;
        using var timeout = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            while (true)
            {
                var changed = Changed;
                if (Current.Revision >= revision)
                    return true;
                await changed.WaitAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
