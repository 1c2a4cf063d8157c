using Setpoint.Server.Ledger;

namespace Setpoint.Server.Delivery;

/// <summary>
/// Wakes with each snapshot and brings it to every feed. It skips snapshots when they come faster than it looks at them, and waits for
/// nobody's socket.
/// </summary>
internal sealed class PushDispatcher(SnapshotBoard board, FeedTable feeds, ILogger<PushDispatcher> logger) : BackgroundService
{
    // A handful of sends is over sooner than another thread has woken; more than that is shared among the cores.
    private const int SendsHere = 16;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                // The signal is taken before the value, or a change between the two would be slept through.
                var changed = board.Changed;
                Dispatch();
                await changed.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private void Dispatch()
    {
        var since = board.ReplacedAt;
        var snapshot = board.Current;
        var here = SendsHere;
        foreach (var feed in feeds.All)
        {
            try
            {
                if (!feed.Advance(snapshot, since))
                    continue;
                var count = feed.Followers.Count;
                feed.Followers.Announce(inline: count <= here);
                here = count <= here ? here - count : here;
            }
#pragma warning disable CA1031 // The loop's edge: a view that cannot be resolved because of a bug must not silence all other feeds.
            catch (Exception bug)
#pragma warning restore CA1031
            {
                DeliveryLog.FeedFailed(logger, feed.Key.Target.Namespace, feed.Key.Target.Environment, snapshot.Revision, bug);
            }
        }
    }
}
