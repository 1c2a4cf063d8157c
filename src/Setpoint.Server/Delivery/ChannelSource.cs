namespace Setpoint.Server.Delivery;

/// <summary>Something that one connection is sent: its newest state waits here, and nothing is queued.</summary>
internal abstract class ChannelSource(PushChannel channel)
{
    public PushChannel Channel { get; } = channel;

    /// <summary>Set once, by the lanes that it joins.</summary>
    public FeedLane? Lane { get; set; }

    /// <summary>Its place in the lane; guarded by the lane.</summary>
    public int LaneIndex { get; set; }

    /// <summary>The next in the channel's line; guarded by the channel.</summary>
    public ChannelSource? NextInLine { get; set; }

    /// <summary>Whether it stands in the channel's line; guarded by the channel.</summary>
    public bool InLine { get; set; }

    /// <summary>Set when it ended: what is still in line for it is not sent. Guarded by the channel.</summary>
    public bool Ended { get; set; }

    /// <summary>True if there may be more to take. Asked by the channel's pump after each frame.</summary>
    public abstract bool HasMore { get; }

    /// <summary>There may be something new.</summary>
    public void Offer() => Channel.Offer(this);

    /// <summary>What to send next; null if the reader has it all. Called only by the channel's pump.</summary>
    /// <param name="since">Timestamp of the swap that brought a change; 0 for what is no change.</param>
    public abstract PushFrame? Take(DeliveryMetrics metrics, out long since);
}
