using Setpoint.Server.Flags;
using Setpoint.Server.Ledger;

namespace Setpoint.Server.Delivery;

/// <summary>The flags that somebody follows.</summary>
internal sealed class FlagFeedTable(SnapshotBoard board, FlagBoard flags, DeliveryLimits limits, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<FlagTarget, (FlagFeed Feed, int Followers)> _feeds = [];
    private TaskCompletionSource _joined = NewSignal();

    /// <summary>Every feed, in no particular order.</summary>
    public FlagFeed[] All
    {
        get
        {
            lock (_gate)
                return [.. _feeds.Values.Select(entry => entry.Feed)];
        }
    }

    /// <summary>Completes when there is another feed. Take it before <see cref="All"/>.</summary>
    public Task Joined
    {
        get
        {
            lock (_gate)
                return _joined.Task;
        }
    }

    /// <summary>The feed, at the newest snapshot; it is kept until <see cref="Leave"/>.</summary>
    public FlagFeed Join(FlagTarget target)
    {
        FlagFeed feed;
        lock (_gate)
        {
            var entry = _feeds.TryGetValue(target, out var found) ? found : (Feed: new FlagFeed(target, flags, board, time, limits.Lanes), Followers: 0);
            _feeds[target] = entry with { Followers = entry.Followers + 1 };
            feed = entry.Feed;
            if (entry.Followers == 0)
            {
                _joined.SetResult();
                _joined = NewSignal();
            }
        }

        if (feed.CatchUp())
            feed.Followers.Announce(inline: false);
        return feed;
    }

    /// <summary>Makes a subscription to the news from now on, and before that to what a reader may lack that has seen a revision.</summary>
    /// <param name="lastRevision">The last revision that the reader has seen; null if it wants the news alone.</param>
    public FlagSubscription Join(PushChannel channel, FlagTarget target, long? lastRevision)
    {
        var feed = Join(target);
        // First how far the news are known, then what is missing: what comes between the two is told twice rather than never.
        var sequence = feed.Sequence;
        return new(channel, feed, lastRevision is { } seen ? feed.Since(seen) : [], sequence);
    }

    /// <summary>From here on the source is offered the feed's news.</summary>
    public static void Start(FlagFeed feed, ChannelSource source)
    {
        feed.Followers.Add(source);
        source.Offer();
    }

    public void Leave(FlagFeed feed, ChannelSource source)
    {
        source.Channel.Forget(source);
        if (source.Lane is not null)
            feed.Followers.Remove(source);
        lock (_gate)
        {
            var entry = _feeds[feed.Target];
            if (entry.Followers == 1)
                _feeds.Remove(feed.Target);
            else
                _feeds[feed.Target] = entry with { Followers = entry.Followers - 1 };
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
