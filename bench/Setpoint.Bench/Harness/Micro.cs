using System.Diagnostics;
using System.Globalization;

namespace Setpoint.Bench.Harness;

/// <summary>
/// Times small pieces of work in process: batches of about 10 ms, the cases taking turns, after tiered compilation. The minimum says
/// what the work costs, the median what the machine made of it; bytes are exact.
/// </summary>
internal static class Micro
{
    private static readonly long BatchTicks = Stopwatch.Frequency / 100;

    /// <param name="Name">What is timed.</param>
    /// <param name="Run">Does the work this many times and returns something that depends on it.</param>
    internal sealed record Case(string Name, Func<int, long> Run);

    internal sealed record Result(string Name, Samples NanosecondsPerOperation, double BytesPerOperation)
    {
        public string[] Row(Result floor) =>
        [
            Name,
            Text(NanosecondsPerOperation.Min),
            Text(NanosecondsPerOperation.Median),
            BytesPerOperation.ToString("#,0", CultureInfo.InvariantCulture),
            (NanosecondsPerOperation.Min / floor.NanosecondsPerOperation.Min).ToString("0.00", CultureInfo.InvariantCulture),
        ];

        private static string Text(double nanoseconds) => nanoseconds.ToString(nanoseconds < 100 ? "0.0" : "#,0", CultureInfo.InvariantCulture);
    }

    public static string[] Columns => ["work", "ns/op min", "ns/op median", "bytes/op", "x floor (min)"];

    public static IReadOnlyList<Result> Measure(int rounds, params IReadOnlyList<Case> cases)
    {
        long sink = 0;
        var counts = new int[cases.Count];
        for (var i = 0; i < cases.Count; i++)
            counts[i] = Calibrate(cases[i], ref sink);

        var times = cases.Select(_ => new Samples()).ToArray();
        var bytes = cases.Select(_ => new Samples()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < cases.Count; i++)
            {
                var allocated = GC.GetAllocatedBytesForCurrentThread();
                var start = Stopwatch.GetTimestamp();
                sink += cases[i].Run(counts[i]);
                var elapsed = Stopwatch.GetTimestamp() - start;
                bytes[i].Add((double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / counts[i]);
                times[i].Add(elapsed * 1e9 / Stopwatch.Frequency / counts[i]);
            }
        }

        GC.KeepAlive(sink);
        return [.. cases.Select((work, i) => new Result(work.Name, times[i], bytes[i].Min))];
    }

    private static int Calibrate(Case work, ref long sink)
    {
        // The runtime compiles again, with what it has learnt, what ran 30 times and then was left alone for 100 ms; from the interpreter-like
        // first code through the instrumented one to the last that is two such steps for each method, and callees follow their callers.
        for (var step = 0; step < 5; step++)
        {
            var begin = Stopwatch.GetTimestamp();
            for (var call = 0; call < 40 || Stopwatch.GetTimestamp() - begin < BatchTicks * 2; call++)
                sink += work.Run(1);
            Thread.Sleep(120);
        }

        for (var count = 1; ; count *= 2)
        {
            var start = Stopwatch.GetTimestamp();
            sink += work.Run(count);
            var elapsed = Stopwatch.GetTimestamp() - start;
            if (elapsed >= BatchTicks || count > 1 << 28)
                return Math.Max(1, (int)(count * (double)BatchTicks / elapsed));
        }
    }
}
