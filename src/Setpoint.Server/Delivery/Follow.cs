using Setpoint.Server.Flags;

namespace Setpoint.Server.Delivery;

/// <summary>What one subscription of a client follows: a configuration, flags, or both.</summary>
internal sealed class Follow
{
    private readonly FeedTable _feeds;
    private readonly FlagFeedTable _flagFeeds;
    private readonly DeliveryMetrics _metrics;
    private readonly PushChannel _channel;
    private readonly long? _lastRevision;
    private readonly Subscription? _config;
    private readonly FlagSubscription? _flags;

    /// <summary>It is told nothing before <see cref="Start"/>.</summary>
    /// <param name="lastRevision">The last revision that the reader has seen; null if it has nothing.</param>
    public Follow(FeedTable feeds, FlagFeedTable flagFeeds, DeliveryMetrics metrics, PushChannel channel, string id, in FeedKey key, Topics topics, long? lastRevision)
    {
        (_feeds, _flagFeeds, _metrics, _channel, _lastRevision) = (feeds, flagFeeds, metrics, channel, lastRevision);
        // Flags have no values of their own without an environment, so there is nothing to follow.
        if (topics.HasFlag(Topics.FeatureFlags) && key.Target.Environment is { } environment)
            _flags = flagFeeds.Join(channel, new FlagTarget(key.Target.Namespace, environment), lastRevision);
        if (topics.HasFlag(Topics.ConfigUpdates))
            _config = feeds.Join(id, channel, key);
        else
            metrics.Subscribed(channel.Transport);
        if (_flags is not null && _config is not null)
            (_flags.Config, _config.Flags) = (_config, _flags);
        Id = id;
    }

    public string Id { get; }

    /// <summary>A revision that the reader will be told of, or one before it.</summary>
    public long Revision(long head) => _config?.Feed.CheckedRevision ?? head;

    public void Start()
    {
        if (_flags is not null)
            FlagFeedTable.Start(_flags.Feed, _flags);
        if (_config is not null)
            _feeds.Start(_config, _lastRevision);
    }

    public void Leave()
    {
        if (_flags is not null)
            _flagFeeds.Leave(_flags.Feed, _flags);
        if (_config is not null)
            _feeds.Leave(_config);
        else
            _metrics.Unsubscribed(_channel.Transport);
    }
}
