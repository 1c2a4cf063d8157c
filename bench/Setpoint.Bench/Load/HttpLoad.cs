using System.Diagnostics;
using System.Net.Sockets;
using Setpoint.Bench.Harness;

namespace Setpoint.Bench.Load;

/// <summary>What a load run saw.</summary>
/// <param name="Latency">Open loop: from when the request should have been sent. Closed loop: from when it was sent.</param>
/// <param name="PerSecond">Answers a second, over the measured time.</param>
/// <param name="Statuses">How many answers had each status.</param>
/// <param name="Unanswered">Requests without an answer at the end.</param>
internal sealed record LoadResult(LatencyHistogram Latency, double PerSecond, IReadOnlyDictionary<int, long> Statuses, long Unanswered)
{
    /// <summary>Refuses a run whose answers are not what was asked for: refusals are fast.</summary>
    public LoadResult Expect(params ReadOnlySpan<int> statuses)
    {
        foreach (var (status, count) in Statuses)
        {
            if (!statuses.Contains(status))
                throw new BenchException($"{count} answers have status {status}.");
        }

        return Unanswered == 0 ? this : throw new BenchException($"{Unanswered} requests were not answered.");
    }
}

/// <summary>
/// Sends requests over a fixed number of connections from one thread, one in flight on each: at a fixed rate whatever the server does
/// (open loop: a stall delays the requests behind it, and their latency says so), or as fast as they are answered (closed loop).
/// </summary>
internal sealed class HttpLoad(int port, int connections)
{
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(10);

    /// <param name="request">The bytes of request number n.</param>
    /// <param name="ratePerSecond">Null for a closed loop.</param>
    /// <param name="stop">Ends the run early.</param>
    public LoadResult Run(
        Func<long, ReadOnlyMemory<byte>> request,
        double? ratePerSecond,
        TimeSpan duration,
        TimeSpan warmUp = default,
        CancellationToken stop = default)
    {
        Native.SharpenTimers();
        var epoll = Native.CreateEpoll();
        var lines = new List<Line>();
        try
        {
            for (var i = 0; i < connections; i++)
            {
                lines.Add(new(Sockets.Connect(port)));
                Native.Watch(epoll, lines[i].Descriptor, i);
            }

            if (warmUp > TimeSpan.Zero)
                Run(epoll, lines, request, ratePerSecond, warmUp, stop);
            return Run(epoll, lines, request, ratePerSecond, duration, stop);
        }
        finally
        {
            foreach (var line in lines)
                line.Dispose();
            Native.CloseDescriptor(epoll);
        }
    }

    private static LoadResult Run(
        int epoll, List<Line> lines, Func<long, ReadOnlyMemory<byte>> request, double? ratePerSecond, TimeSpan duration, CancellationToken stop)
    {
        var idle = new Queue<Line>(lines);
        var latency = new LatencyHistogram();
        var statuses = new SortedDictionary<int, long>();
        var events = new byte[Native.EventBytes * Math.Min(lines.Count, 256)];
        var buffer = new byte[64 * 1024];
        var step = ratePerSecond is { } rate ? Stopwatch.Frequency / rate : 0;
        var begin = Stopwatch.GetTimestamp();
        var end = begin + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var drained = end + (long)(DrainMax.TotalSeconds * Stopwatch.Frequency);
        long sent = 0;
        long answered = 0;
        long answeredInTime = 0;
        while (true)
        {
            var now = Stopwatch.GetTimestamp();
            var due = step > 0 ? begin + (long)(sent * step) : now;
            while (idle.Count > 0 && due <= now && due < end && !stop.IsCancellationRequested)
            {
                var line = idle.Dequeue();
                line.Due = step > 0 ? due : Stopwatch.GetTimestamp();
                Native.Send(line.Descriptor, request(sent).Span);
                sent++;
                due = step > 0 ? begin + (long)(sent * step) : Stopwatch.GetTimestamp();
            }

            var over = due >= end || stop.IsCancellationRequested;
            if (over && (sent == answered || now > drained))
                break;

            var wait = !over && idle.Count > 0 ? due - Stopwatch.GetTimestamp() : Stopwatch.Frequency / 10;
            var count = Native.Wait(epoll, events, Math.Max(0, wait) * (1_000_000_000 / Stopwatch.Frequency));
            for (var i = 0; i < count; i++)
            {
                var line = lines[Native.IndexOf(events, i)];
                var received = Native.Receive(line.Descriptor, buffer);
                if (received == 0)
                    throw new BenchException("The server closed a connection in the middle of the load.");
                if (received < 0 || !line.Reader.Take(buffer.AsSpan(0, received)))
                    continue;
                var at = Stopwatch.GetTimestamp();
                latency.Record((long)((at - line.Due) * (1e9 / Stopwatch.Frequency)));
                statuses[line.Reader.Status] = statuses.GetValueOrDefault(line.Reader.Status) + 1;
                answered++;
                if (at <= end)
                    answeredInTime++;
                idle.Enqueue(line);
            }
        }

        var seconds = (Math.Min(Stopwatch.GetTimestamp(), end) - begin) / (double)Stopwatch.Frequency;
        return new(latency, answeredInTime / seconds, statuses, sent - answered);
    }

    private sealed class Line(Socket socket) : IDisposable
    {
        public int Descriptor { get; } = socket.Descriptor();

        public ResponseReader Reader { get; } = new();

        public long Due { get; set; }

        public void Dispose() => socket.Dispose();
    }
}
