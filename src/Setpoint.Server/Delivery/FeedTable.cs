using Setpoint.Server.Configs;
using Setpoint.Server.Ledger;
using Setpoint.Server.Rollouts;

namespace Setpoint.Server.Delivery;

/// <summary>The feeds that somebody follows.</summary>
internal sealed class FeedTable(SnapshotBoard board, ViewCache views, ArmExposures exposures, DeliveryMetrics metrics, DeliveryLimits limits)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<FeedKey, Entry> _feeds = [];
    private readonly Dictionary<ViewKey, FrameShelf> _shelves = [];
    private ViewFeed[]? _all;

    /// <summary>Every feed, in no particular order.</summary>
    public ViewFeed[] All
    {
        get
        {
            lock (_gate)
                return _all ??= [.. _feeds.Values.Select(entry => entry.Feed)];
        }
    }

    /// <summary>Makes a subscription whose feed knows the newest snapshot. It is told nothing before <see cref="Start"/>.</summary>
    public Subscription Join(string id, PushChannel channel, in FeedKey key)
    {
        ViewFeed feed;
        lock (_gate)
        {
            if (!_feeds.TryGetValue(key, out var entry))
            {
                if (!_shelves.TryGetValue(key.Target, out var shelf))
                    _shelves.Add(key.Target, shelf = new(key.Target));
                shelf.Feeds++;
                entry = new(new ViewFeed(key, views, exposures, shelf, limits.Lanes), shelf);
                _feeds.Add(key, entry);
                _all = null;
            }

            entry.Followers++;
            feed = entry.Feed;
        }

        Refresh(feed);
        metrics.Subscribed(channel.Transport);
        return new(id, channel, feed, this);
    }

    /// <summary>From here on the subscription gets the feed's states, beginning with the newest unless the reader has it.</summary>
    /// <param name="lastRevision">The last revision that the reader has seen; null if it has nothing.</param>
    public void Start(Subscription subscription, long? lastRevision)
    {
        var state = subscription.Feed.State;

        // Beyond the head: the ledger was put back to a backup, and the reader's state may be of a past that never was.
        // What comes from outside the ledger changes without a revision, so the reader's may be an old value of the same one.
        if (lastRevision is { } seen && seen <= board.Current.Revision && state.View is { Effective: { IsExternal: false } effective } && effective.Version <= seen)
            subscription.Sent = state;
        subscription.Feed.Followers.Add(subscription);
        subscription.Offer();
    }

    public void Leave(Subscription subscription)
    {
        subscription.Channel.Forget(subscription);
        if (subscription.Lane is not null)
            subscription.Feed.Followers.Remove(subscription);
        lock (_gate)
        {
            var entry = _feeds[subscription.Feed.Key];
            if (--entry.Followers == 0)
            {
                _feeds.Remove(subscription.Feed.Key);
                _all = null;
                if (--entry.Shelf.Feeds == 0)
                    _shelves.Remove(subscription.Feed.Key.Target);
            }
        }

        metrics.Unsubscribed(subscription.Channel.Transport);
    }

    /// <summary>Brings one feed to the newest snapshot.</summary>
    public void Refresh(ViewFeed feed)
    {
        // The timestamp first: it may then be older than the snapshot's, and a lag is never shown too small.
        var since = board.ReplacedAt;
        if (feed.Advance(board.Current, since))
            feed.Followers.Announce(inline: false);
    }

    private sealed class Entry(ViewFeed feed, FrameShelf shelf)
    {
        public ViewFeed Feed { get; } = feed;

        public FrameShelf Shelf { get; } = shelf;

        public int Followers { get; set; }
    }
}
