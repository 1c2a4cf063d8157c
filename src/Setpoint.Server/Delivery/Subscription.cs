namespace Setpoint.Server.Delivery;

/// <summary>One connection's interest in one configuration.</summary>
internal sealed class Subscription(string id, PushChannel channel, ViewFeed feed, FeedTable feeds) : ChannelSource(channel)
{
    private PushFrame? _reload;

    public string Id { get; } = id;

    public ViewFeed Feed { get; } = feed;

    /// <summary>The state that the reader has or is being sent. Touched while joining, then only by the channel's pump.</summary>
    public FeedState? Sent { get; set; }

    /// <summary>The same reader's interest in flags; null if it has none. Set while joining.</summary>
    public FlagSubscription? Flags { get; set; }

    public override bool HasMore => Volatile.Read(ref _reload) is not null || (Flags is not null && !ReferenceEquals(Sent, Feed.State));

    /// <summary>The reader should read again. A second one takes the place of the first that was not sent yet.</summary>
    public void OfferReload(PushFrame frame)
    {
        Volatile.Write(ref _reload, frame);
        Offer();
    }

    /// <remarks>
    /// A reader resumes from the last revision that it was told, whatever told it: so flags that changed before this state are told before it.
    /// </remarks>
    public override PushFrame? Take(DeliveryMetrics metrics, out long since)
    {
        if (Flags is not null && PendingRevision is { } revision && Flags.TakeBefore(revision, out since) is { } flag)
            return flag;
        return TakeOwn(metrics, out since);
    }

    /// <summary>The state, if the reader lacks one that is as old as this revision or older; null otherwise.</summary>
    public PushFrame? TakeUpTo(long revision, DeliveryMetrics metrics, out long since)
    {
        since = 0;
        if (Feed.CheckedRevision < revision)
            feeds.Refresh(Feed);
        return PendingRevision <= revision ? TakeOwn(metrics, out since) : null;
    }

    /// <summary>The revision that the next state will say; null if the reader has the newest.</summary>
    private long? PendingRevision
    {
        get
        {
            var to = Feed.State;
            if (ReferenceEquals(Sent, to))
                return null;
            // A first state says the revision up to which it holds.
            return Sent is null ? Math.Max(Feed.CheckedRevision, to.Revision) : to.Revision;
        }
    }

    private PushFrame? TakeOwn(DeliveryMetrics metrics, out long since)
    {
        since = 0;
        var from = Sent;
        var to = Feed.State;
        if (!ReferenceEquals(from, to))
        {
            Sent = to;
            if (from is null || !from.ShowsSameAs(to))
            {
                if (from is not null)
                {
                    since = to.Since;
                    if (to.Sequence - from.Sequence > 1)
                        metrics.Conflated(to.Sequence - from.Sequence - 1);
                }

                return Feed.FrameOf(from, to);
            }
        }

        // Only after the state: a reader that resumes from the reload's revision must not have missed what came before it.
        return Interlocked.Exchange(ref _reload, null);
    }
}
