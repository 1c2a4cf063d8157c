using Setpoint.Server.Ledger;

namespace Setpoint.Server.Delivery;

/// <summary>Wakes with each snapshot, and when a schedule changes a flag that somebody follows, and brings it to the feeds.</summary>
internal sealed class FlagDispatcher(SnapshotBoard board, FlagFeedTable feeds, TimeProvider time, ILogger<FlagDispatcher> logger) : BackgroundService
{
    // Timers hold no more than 49 days; a look once a day costs nothing.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                // The signals are taken before the values, or a change between the two would be slept through.
                var changed = board.Changed;
                var joined = feeds.Joined;
                var next = Dispatch() - time.GetUtcNow();
                try
                {
                    await Task.WhenAny(changed, joined).WaitAsync(Clamp(next), time, stoppingToken);
                }
                catch (TimeoutException)
                {
                    // A schedule has come to something.
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private static TimeSpan Clamp(TimeSpan wait) =>
        // A timer may be early by less than it can tell apart; one millisecond more is cheaper than a second round.
        wait > LongestWait ? LongestWait : wait < TimeSpan.Zero ? TimeSpan.Zero : wait + TimeSpan.FromMilliseconds(1);

    /// <returns>When a schedule changes something next.</returns>
    private DateTimeOffset Dispatch()
    {
        var next = DateTimeOffset.MaxValue;
        foreach (var feed in feeds.All)
        {
            try
            {
                if (feed.CatchUp())
                    feed.Followers.Announce(inline: feed.Followers.Count <= 1);
                if (feed.NextChange < next)
                    next = feed.NextChange;
            }
#pragma warning disable CA1031 // The loop's edge: flags that cannot be compared because of a bug must not silence all other feeds.
            catch (Exception bug)
#pragma warning restore CA1031
            {
                DeliveryLog.FlagFeedFailed(logger, feed.Target.Namespace, feed.Target.Environment, board.Current.Revision, bug);
            }
        }

        return next;
    }
}
