using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Setpoint.Client.Tests.FakeServer;

/// <summary>
/// The requests of this process that are on their way to a port and have no answer yet, but for those that a scripted server holds on
/// purpose. While there are any, manual time must stand still: it would run into the client's time-outs on a machine that is slow.
/// </summary>
internal static class UnderWay
{
    private static readonly ConcurrentDictionary<int, int> Counts = new();

    // Kept, or it would be collected and hear nothing more.
    private static readonly MeterListener Listener = Listen();

    /// <summary>Hears of requests from now on. To be called before the first one is sent.</summary>
    public static void Watch() => GC.KeepAlive(Listener);

    public static bool AnyTo(int port) => Counts.GetValueOrDefault(port) > 0;

    /// <summary>The server holds a request of its own will until what is returned is disposed.</summary>
    public static IDisposable Hold(int port)
    {
        Add(port, -1);
        return new Held(port);
    }

    private static MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, it) =>
            {
                if (instrument is { Meter.Name: "System.Net.Http", Name: "http.client.active_requests" })
                    it.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>(static (_, change, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag is { Key: "server.port", Value: int port })
                    Add(port, (int)change);
            }
        });
        listener.Start();
        return listener;
    }

    private static void Add(int port, int change) => Counts.AddOrUpdate(port, change, (_, count) => count + change);

    private sealed class Held(int port) : IDisposable
    {
        public void Dispose() => Add(port, 1);
    }
}
