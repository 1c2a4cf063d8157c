namespace Setpoint.Server.Delivery;

/// <summary>One connection's interest in one feed.</summary>
internal sealed class Subscription(string id, PushChannel channel, ViewFeed feed)
{
    private PushFrame? _reload;

    public string Id { get; } = id;

    public PushChannel Channel { get; } = channel;

    public ViewFeed Feed { get; } = feed;

    /// <summary>The state that the reader has or is being sent. Touched while joining, then only by the channel's pump.</summary>
    public FeedState? Sent { get; set; }

    /// <summary>Set once, by the feed.</summary>
    public FeedLane? Lane { get; set; }

    /// <summary>Its place in the lane; guarded by the lane.</summary>
    public int LaneIndex { get; set; }

    /// <summary>The next in the channel's line; guarded by the channel.</summary>
    public Subscription? NextInLine { get; set; }

    /// <summary>Whether it stands in the channel's line; guarded by the channel.</summary>
    public bool InLine { get; set; }

    /// <summary>Set when it ended: what is still in line for it is not sent. Guarded by the channel.</summary>
    public bool Ended { get; set; }

    public bool HasReload => Volatile.Read(ref _reload) is not null;

    /// <summary>There may be a newer state.</summary>
    public void Offer() => Channel.Offer(this);

    /// <summary>The reader should read again. A second one takes the place of the first that was not sent yet.</summary>
    public void OfferReload(PushFrame frame)
    {
        Volatile.Write(ref _reload, frame);
        Channel.Offer(this);
    }

    /// <summary>What to send next; null if the reader has it all. Called only by the channel's pump.</summary>
    /// <param name="since">Timestamp of the swap that brought a change; 0 for what is no change.</param>
    public PushFrame? Take(DeliveryMetrics metrics, out long since)
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
