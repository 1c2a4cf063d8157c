namespace Setpoint.Server.Delivery;

/// <summary>
/// A share of a feed's subscribers, gone through by one thread at a time. A lane that is asked while it runs runs once more: news during
/// a pass costs one more pass, however many there were.
/// </summary>
internal sealed class FeedLane : IThreadPoolWorkItem
{
    private const int Idle = 0;
    private const int Busy = 1;
    private const int Again = 2;

    // Subscriptions taken out under the lock at a time: joining and leaving never waits for more than copying these.
    private const int Chunk = 64;

    private readonly Lock _gate = new();
    private readonly List<ChannelSource> _subscriptions = new(1);
    private int _state;

    public void Add(ChannelSource subscription)
    {
        lock (_gate)
        {
            subscription.LaneIndex = _subscriptions.Count;
            _subscriptions.Add(subscription);
        }
    }

    public void Remove(ChannelSource subscription)
    {
        lock (_gate)
        {
            // The last one takes the place of the one that leaves.
            var last = _subscriptions[^1];
            _subscriptions[subscription.LaneIndex] = last;
            last.LaneIndex = subscription.LaneIndex;
            _subscriptions.RemoveAt(_subscriptions.Count - 1);
        }
    }

    /// <summary>Offers the feed's state to each.</summary>
    public void Run(bool inline)
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if (state == Again)
                return;
            if (Interlocked.CompareExchange(ref _state, state + 1, state) != state)
                continue;
            if (state == Busy)
                return;
            if (inline)
                Execute();
            else
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }
    }

    public void Execute()
    {
        do
        {
            Volatile.Write(ref _state, Busy);
            Visit(static (subscription, _) => subscription.Offer(), (object?)null);
        }
        while (Interlocked.CompareExchange(ref _state, Idle, Busy) != Busy);
    }

    /// <returns>How many there are.</returns>
    public int Reload(PushFrame frame) => Visit(static (source, reload) => (source as Subscription)?.OfferReload(reload), frame);

    /// <remarks>
    /// From the end to the start: whoever takes the place of one that leaves comes from behind and was visited already. Those who join
    /// meanwhile are missed, and get the newest state by joining.
    /// </remarks>
    private int Visit<T>(Action<ChannelSource, T> visit, T argument)
    {
        var chunk = System.Buffers.ArrayPool<ChannelSource>.Shared.Rent(Chunk);
        var visited = 0;
        try
        {
            var end = int.MaxValue;
            while (true)
            {
                int count;
                lock (_gate)
                {
                    end = Math.Min(end, _subscriptions.Count);
                    count = Math.Min(Chunk, end);
                    end -= count;
                    _subscriptions.CopyTo(end, chunk, 0, count);
                }

                if (count == 0)
                    return visited;
                for (var i = count - 1; i >= 0; i--)
                    visit(chunk[i], argument);
                visited += count;
            }
        }
        finally
        {
            System.Buffers.ArrayPool<ChannelSource>.Shared.Return(chunk, clearArray: true);
        }
    }
}
