using System.Diagnostics;
using System.Diagnostics.Metrics;
using Setpoint.Server.Process;

namespace Setpoint.Server.Delivery;

/// <summary>How a connection is carried.</summary>
internal enum Transport
{
    WebSocket,
    EventStream,
}

/// <summary>Figures about push. Safe for concurrent use.</summary>
internal sealed class DeliveryMetrics
{
    private static readonly KeyValuePair<string, object?>[] Tags = [new("transport", "websocket"), new("transport", "sse")];

    private readonly Counter<long> _messages;
    private readonly Counter<long> _conflated;
    private readonly Counter<long> _cutOff;
    private readonly Histogram<double> _lag;
    private readonly long[] _subscribers = new long[Tags.Length];

    public DeliveryMetrics(ServerMeter meter)
    {
        meter.Gauge("setpoint.push.subscribers", "{subscription}", "Subscriptions, by transport.", () =>
            Tags.Select((tag, transport) => new Measurement<long>(Interlocked.Read(ref _subscribers[transport]), tag)));
        _messages = meter.Counter("setpoint.push.messages", "{message}", "Messages handed to sockets.");
        _conflated = meter.Counter("setpoint.push.conflated", "{state}", "States that a subscriber was too slow to see before a newer one came.");
        _cutOff = meter.Counter("setpoint.push.cut_off", "{connection}", "Connections ended because they took nothing.");
        _lag = meter.Histogram("setpoint.push.lag", "s", "From the swap of the snapshot to the message handed to the socket.", ServerMeter.Seconds);
    }

    public static string NameOf(Transport transport) => (string)Tags[(int)transport].Value!;

    public void Subscribed(Transport transport) => Interlocked.Increment(ref _subscribers[(int)transport]);

    public void Unsubscribed(Transport transport) => Interlocked.Decrement(ref _subscribers[(int)transport]);

    public long Subscribers(Transport transport) => Interlocked.Read(ref _subscribers[(int)transport]);

    public void Sent(Transport transport) => _messages.Add(1, Tags[(int)transport]);

    /// <param name="since">Timestamp of the swap that brought the state.</param>
    public void Delivered(long since)
    {
        if (_lag.Enabled)
            _lag.Record(Stopwatch.GetElapsedTime(since).TotalSeconds);
    }

    public void Conflated(long states) => _conflated.Add(states);

    public void CutOff(Transport transport) => _cutOff.Add(1, Tags[(int)transport]);
}
