namespace Setpoint.Server.Delivery;

/// <summary>All who follow a feed, shared among lanes. Safe for concurrent use.</summary>
internal sealed class FeedLanes(int lanes)
{
    private readonly Lock _gate = new();
    private readonly FeedLane?[] _lanes = new FeedLane?[lanes];
    private uint _joined;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Add(ChannelSource source)
    {
        lock (_gate)
        {
            var index = _joined++ % (uint)_lanes.Length;
            source.Lane = _lanes[index] ??= new FeedLane();
            source.Lane.Add(source);
            _count++;
        }
    }

    public void Remove(ChannelSource source)
    {
        lock (_gate)
        {
            source.Lane!.Remove(source);
            _count--;
        }
    }

    /// <summary>Offers the newest state to all.</summary>
    /// <param name="inline">On this thread; else one for each lane. Either way nobody's socket is waited for.</param>
    public void Announce(bool inline)
    {
        foreach (var lane in _lanes)
            lane?.Run(inline);
    }

    /// <summary>Asks all to read again.</summary>
    /// <returns>How many were asked.</returns>
    public int Reload(PushFrame frame)
    {
        var asked = 0;
        foreach (var lane in _lanes)
            asked += lane?.Reload(frame) ?? 0;
        return asked;
    }
}
