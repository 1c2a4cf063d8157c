using System.Buffers.Text;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Setpoint.Bench.Harness;

namespace Setpoint.Bench.Load;

/// <summary>The two ways to be told.</summary>
internal enum PushProtocol
{
    Sse,
    WebSocket,
}

/// <summary>
/// Thousands of subscribers on one thread. What is pushed holds a tick (<c>tick-</c> and nine digits); a subscriber has received state
/// N when it has seen a tick of N or more, so that a server which conflates is measured like one that does not.
/// </summary>
internal sealed class PushSwarm : IDisposable
{
    public const int TickLength = 14;
    private const int StartingMax = 100;
    private readonly int _epoll = Native.CreateEpoll();
    private readonly byte[] _events = new byte[Native.EventBytes * 512];
    private readonly byte[] _buffer = new byte[128 * 1024];
    private readonly byte[] _joined = new byte[(128 * 1024) + TickLength];
    private readonly List<Subscriber> _subscribers = [];
    private readonly int _port;
    private readonly PushProtocol _protocol;
    private readonly byte[] _request;
    private readonly byte[]? _subscribe;
    private readonly double[] _arrivals;
    private long _awaited;
    private long _begin;
    private int _arrived;
    private int _ready;

    /// <param name="path">Where the stream is, with its query.</param>
    /// <param name="subscribe">First WebSocket message, if the server wants one.</param>
    public PushSwarm(int port, PushProtocol protocol, string path, string[] headers, string? subscribe, int subscribers)
    {
        _port = port;
        _protocol = protocol;
        _request = protocol == PushProtocol.Sse
            ? Requests.Get(path, [.. headers, "Accept: text/event-stream"])
            : Requests.Get(path, [.. headers, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: c2V0cG9pbnQtYmVuY2gtMQ=="]);
        _subscribe = subscribe is null ? null : TextFrame(subscribe);
        _arrivals = new double[subscribers];
    }

    public static string Tick(long number) => $"tick-{number:D9}";

    /// <summary>Connects all, a hundred at a time, and waits until each has the current state.</summary>
    public void Connect(TimeSpan limit)
    {
        var end = Stopwatch.GetTimestamp() + (long)(limit.TotalSeconds * Stopwatch.Frequency);
        while (_ready < _arrivals.Length)
        {
            while (_subscribers.Count < _arrivals.Length && _subscribers.Count - _ready < StartingMax)
            {
                var subscriber = new Subscriber(Sockets.Connect(_port));
                _subscribers.Add(subscriber);
                Native.Watch(_epoll, subscriber.Descriptor, _subscribers.Count - 1);
                Native.Send(subscriber.Descriptor, _request);
            }

            Pump(TimeSpan.FromMilliseconds(100));
            if (Stopwatch.GetTimestamp() > end)
                throw new BenchException($"{_ready} of {_arrivals.Length} subscribers got the first state within {limit.TotalSeconds:0} s.");
        }
    }

    /// <summary>
    /// Runs <paramref name="publish"/>, which makes state <paramref name="tick"/>, and waits until all have it; returns the
    /// milliseconds from just before the call to each arrival, in order of arrival.
    /// </summary>
    public ReadOnlySpan<double> Deliver(long tick, Action publish, TimeSpan limit)
    {
        _arrived = 0;
        _awaited = tick;
        _begin = Stopwatch.GetTimestamp();
        publish();
        var end = _begin + (long)(limit.TotalSeconds * Stopwatch.Frequency);
        while (_arrived < _arrivals.Length)
        {
            Pump(TimeSpan.FromMilliseconds(100));
            if (Stopwatch.GetTimestamp() > end)
                throw new BenchException($"{_arrived} of {_arrivals.Length} subscribers had state {tick} within {limit.TotalSeconds:0} s.");
        }

        return _arrivals;
    }

    /// <summary>Handles what is there or comes within the time; returns after the first batch.</summary>
    public void Pump(TimeSpan limit)
    {
        var count = Native.Wait(_epoll, _events, (long)limit.TotalNanoseconds);
        for (var i = 0; i < count; i++)
            Read(_subscribers[Native.IndexOf(_events, i)]);
    }

    /// <summary>Connects one subscriber, runs the write and counts the bytes it brings.</summary>
    public int MeasureNext(Action publish)
    {
        Connect(TimeSpan.FromSeconds(10));

        // What followed the first state has come when nothing more comes for a while.
        while (Native.Wait(_epoll, _events, 200_000_000) > 0)
            Read(_subscribers[0]);
        publish();
        var bytes = 0;
        while (Native.Wait(_epoll, _events, 300_000_000) > 0)
            bytes += Math.Max(0, Native.Receive(_subscribers[0].Descriptor, _buffer));
        return bytes > 0 ? bytes : throw new BenchException("A write brought its subscriber nothing.");
    }

    /// <summary>Connects one subscriber with a receive buffer as small as the system allows, and never reads again.</summary>
    public IDisposable ConnectAndAbandon()
    {
        var subscriber = new Subscriber(Sockets.Connect(_port, receiveBuffer: 4096));
        _subscribers.Add(subscriber);
        Native.Watch(_epoll, subscriber.Descriptor, 0);
        Native.Send(subscriber.Descriptor, _request);
        var begin = Stopwatch.GetTimestamp();
        while (!subscriber.HasHead)
        {
            Pump(TimeSpan.FromMilliseconds(100));
            if (Stopwatch.GetElapsedTime(begin) > TimeSpan.FromSeconds(10))
                throw new BenchException("A subscription was not answered within 10 s.");
        }

        return this;
    }

    public void Dispose()
    {
        foreach (var subscriber in _subscribers)
            subscriber.Dispose();
        Native.CloseDescriptor(_epoll);
    }

    /// <summary>A masked text frame; the mask is zero, which the protocol allows and which costs the client nothing.</summary>
    internal static byte[] TextFrame(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        if (payload.Length >= 65536)
            throw new ArgumentException("A frame of this bench has less than 64 KiB.", nameof(text));
        return payload.Length < 126
            ? [0x81, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload]
            : [0x81, 0x80 | 126, (byte)(payload.Length >> 8), (byte)payload.Length, 0, 0, 0, 0, .. payload];
    }

    private void Read(Subscriber subscriber)
    {
        var received = Native.Receive(subscriber.Descriptor, _buffer);
        if (received < 0)
            return;
        if (received == 0)
            throw new BenchException($"The server closed the stream of a subscriber that has read all it was sent.");
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, received);
        if (subscriber.Tail is { } tail)
        {
            tail.CopyTo(_joined, 0);
            bytes.CopyTo(_joined.AsSpan(tail.Length));
            bytes = _joined.AsSpan(0, tail.Length + received);
            subscriber.Tail = null;
        }

        if (!subscriber.HasHead)
        {
            var end = bytes.IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                subscriber.Tail = bytes.ToArray();
                return;
            }

            var expected = _protocol == PushProtocol.Sse ? "HTTP/1.1 200"u8 : "HTTP/1.1 101"u8;
            if (!bytes.StartsWith(expected))
                throw new BenchException($"A subscription was refused:\n{Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, 1000)])}");
            subscriber.HasHead = true;
            if (_subscribe is not null)
                Native.Send(subscriber.Descriptor, _subscribe);
            bytes = bytes[(end + 4)..];
        }

        var newest = subscriber.Newest;
        while (true)
        {
            var at = bytes.IndexOf("tick-"u8);
            if (at < 0 || at + TickLength > bytes.Length)
            {
                // A tick cut in two by the network is put together with what comes next.
                var keep = at >= 0 ? bytes[at..] : CutPrefix(bytes);
                subscriber.Tail = keep.IsEmpty ? null : keep.ToArray();
                break;
            }

            if (Utf8Parser.TryParse(bytes.Slice(at + 5, 9), out long tick, out var digits) && digits == 9)
                newest = Math.Max(newest, tick);
            bytes = bytes[(at + TickLength)..];
        }

        if (newest == subscriber.Newest)
            return;
        if (subscriber.Newest < 0)
            _ready++;
        if (subscriber.Newest < _awaited && newest >= _awaited && _awaited > 0)
            _arrivals[_arrived++] = (Stopwatch.GetTimestamp() - _begin) * 1000.0 / Stopwatch.Frequency;
        subscriber.Newest = newest;
    }

    private static ReadOnlySpan<byte> CutPrefix(ReadOnlySpan<byte> bytes)
    {
        for (var length = Math.Min(4, bytes.Length); length > 0; length--)
        {
            if (bytes.EndsWith("tick-"u8[..length]))
                return bytes[^length..];
        }

        return [];
    }

    private sealed class Subscriber(Socket socket) : IDisposable
    {
        public int Descriptor { get; } = socket.Descriptor();

        public bool HasHead { get; set; }

        public long Newest { get; set; } = -1;

        public byte[]? Tail { get; set; }

        public void Dispose() => socket.Dispose();
    }
}
