using Setpoint.Core.Json;
using Setpoint.Server.Delivery;
using Setpoint.Server.Flags;

namespace Setpoint.Server.Ofrep;

/// <summary>One provider's stream: <c>refetchEvaluation</c> whenever a flag may have another outcome, however many did.</summary>
/// <param name="seen">
/// <c>Last-Event-ID</c>; empty on a first connection. That one is told to ask again too: between the answer that named the stream and the
/// stream itself a change may have come, and asking costs a 304 if none has.
/// </param>
internal sealed class RefetchSource(PushChannel channel, FlagFeed feed, FlagBoard flags, TimeProvider time, string seen) : ChannelSource(channel)
{
    // Touched only by the channel's pump.
    private long _sequence = -1;

    public override bool HasMore => feed.Sequence > _sequence;

    public override PushFrame? Take(DeliveryMetrics metrics, out long since)
    {
        since = 0;
        var isFirst = _sequence < 0;
        var sequence = feed.Sequence;
        if (sequence <= _sequence)
            return null;
        _sequence = sequence;
        var target = feed.Target;
        // The tag after the sequence: it is never older than what it stands for.
        if (!flags.Find(target.Namespace, target.Environment).TryGet(out var active, out _))
            return null;
        var tag = active.TagAt(time.GetUtcNow());
        if (isFirst && tag == seen)
            return null;
        return PushFrame.OfEvent("message", tag, new JsonObjectBuilder(2).Add("type", "refetchEvaluation").Add("etag", tag).Build());
    }
}
