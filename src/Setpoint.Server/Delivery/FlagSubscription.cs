namespace Setpoint.Server.Delivery;

/// <summary>One connection's interest in the flags of a namespace in an environment.</summary>
/// <param name="missed">What a reader that comes back lacks; the newest state of each.</param>
/// <param name="sequence">Up to where the reader needs no news.</param>
internal sealed class FlagSubscription(PushChannel channel, FlagFeed feed, IEnumerable<FlagNews> missed, long sequence) : ChannelSource(channel)
{
    // Both are touched only by the channel's pump.
    private readonly Queue<FlagNews> _missed = new(missed);
    private long _sequence = sequence;

    public FlagFeed Feed { get; } = feed;

    /// <summary>The same reader's interest in the configuration; null if it has none. Set while joining.</summary>
    public Subscription? Config { get; set; }

    public override bool HasMore => Next is not null;

    private FlagNews? Next => _missed.TryPeek(out var news) ? news : Feed.Next(_sequence);

    /// <remarks>A state of the configuration that is as old as the news, or older, is told first: see <see cref="Subscription.Take"/>.</remarks>
    public override PushFrame? Take(DeliveryMetrics metrics, out long since)
    {
        since = 0;
        if (Next is not { } news)
            return null;
        return Config?.TakeUpTo(news.Revision, metrics, out since) ?? Take(news, out since);
    }

    /// <summary>The next news if it is older than this revision; null otherwise.</summary>
    public PushFrame? TakeBefore(long revision, out long since)
    {
        since = 0;
        if (Feed.CheckedRevision < revision && Feed.CatchUp())
            Feed.Followers.Announce(inline: false);
        return Next is { } news && news.Revision < revision ? Take(news, out since) : null;
    }

    private PushFrame Take(FlagNews news, out long since)
    {
        since = news.Since;
        if (!_missed.TryDequeue(out _))
            _sequence = news.Sequence;
        return news.Frame;
    }
}
