using Setpoint.Core.Ledger;

namespace Setpoint.Server.Ledger;

/// <summary>Holds a request until a snapshot has something for it.</summary>
internal sealed class LongPoll(SnapshotBoard board, TimeProvider time, IHostApplicationLifetime lifetime)
{
    public static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(5);

    /// <summary>Completes with a snapshot that has news, or with the newest one when the caller has waited long enough.</summary>
    public async Task<Snapshot> WaitAsync(HttpContext context, TimeSpan wait, Func<Snapshot, bool> hasNews)
    {
        using var timeout = new CancellationTokenSource(wait, time);
        // A server that stops answers at once: the caller asks again, and finds the next server or this one restarted.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted, lifetime.ApplicationStopping);
        while (true)
        {
            // The signal is taken before the value, or a change between the two would be slept through.
            var changed = board.Changed;
            var snapshot = board.Current;
            if (either.IsCancellationRequested || hasNews(snapshot))
                return snapshot;
            try
            {
                await changed.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
            {
                // The wait is over: one more look, then the answer.
            }
        }
    }
}
