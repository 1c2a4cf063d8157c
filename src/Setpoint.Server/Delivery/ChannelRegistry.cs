using System.Net.WebSockets;

namespace Setpoint.Server.Delivery;

/// <summary>All push connections, and the one timer that watches over them: instead of timers of their own, each costs a place in a list.</summary>
internal sealed class ChannelRegistry(DeliveryLimits limits, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<ChannelRegistry> logger)
    : BackgroundService
{
    // Fine enough for bounds of a second and more, and 10,000 connections are gone through in well under a millisecond.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly List<PushChannel> _channels = [];
    private bool _closing;
    private ITimer? _cut;

    public int Count
    {
        get
        {
            lock (_gate)
                return _channels.Count;
        }
    }

    /// <summary>The clock that deadlines of channels are in, in milliseconds.</summary>
    public long Now => time.GetTimestamp() / (time.TimestampFrequency / 1000);

    public void Add(PushChannel channel)
    {
        bool late;
        lock (_gate)
        {
            channel.RegistryIndex = _channels.Count;
            _channels.Add(channel);
            late = _closing;
        }

        if (late)
            Close(channel);
    }

    public void Remove(PushChannel channel)
    {
        lock (_gate)
        {
            var last = _channels[^1];
            _channels[channel.RegistryIndex] = last;
            last.RegistryIndex = channel.RegistryIndex;
            _channels.RemoveAt(_channels.Count - 1);
        }
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Not at StopAsync: the web server stops before it and waits for these very connections.
        lifetime.ApplicationStopping.Register(CloseAll);
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _cut?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        var commented = Now;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var now = Now;
                // In pieces: a comment to each of 10,000 streams at once would be a burst every fifteen seconds.
                var (from, to) = Slice(commented, now);
                commented = now;
                Watch(now, from, to);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private void Watch(long now, double from, double to)
    {
        try
        {
            var channels = All();
            for (var i = 0; i < channels.Length; i++)
            {
                channels[i].Watch(now, limits);
                if (channels[i].Transport == Transport.EventStream && IsDue((double)i / channels.Length, from, to))
                    channels[i].Comment();
            }
        }
#pragma warning disable CA1031 // The loop's edge: one connection that cannot be watched must not leave the others unwatched.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            DeliveryLog.WatchFailed(logger, bug);
        }
    }

    /// <summary>The part of the round of comments that lies between two ticks.</summary>
    private (double From, double To) Slice(long before, long now)
    {
        var round = limits.CommentEvery.TotalMilliseconds;
        return now - before >= round ? (0, 1) : (before % round / round, now % round / round);
    }

    private static bool IsDue(double place, double from, double to) =>
        from <= to ? place >= from && place < to : place >= from || place < to;

    private void CloseAll()
    {
        lock (_gate)
            _closing = true;
        var channels = All();
        if (channels.Length == 0)
            return;
        DeliveryLog.Closing(logger, channels.Length);
        foreach (var channel in channels)
            Close(channel);
        _cut = time.CreateTimer(_ => AbortAll(), null, limits.CloseWithin, Timeout.InfiniteTimeSpan);
    }

    private static void Close(PushChannel channel) =>
        channel.Close(WebSocketCloseStatus.EndpointUnavailable, "The server stops; come back with the last revision.");

    private void AbortAll()
    {
        foreach (var channel in All())
            channel.Abort();
    }

    private PushChannel[] All()
    {
        lock (_gate)
            return [.. _channels];
    }
}
