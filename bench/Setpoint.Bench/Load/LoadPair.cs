using System.Net.Sockets;
using Setpoint.Bench.Harness;

namespace Setpoint.Bench.Load;

/// <summary>One load while another goes on beside it.</summary>
internal static class LoadPair
{
    /// <param name="main">What is measured.</param>
    /// <param name="beside">Begins before it, on a thread of its own, and is told when it is over.</param>
    public static (LoadResult Main, LoadResult Beside) Run(Func<LoadResult> main, Func<CancellationToken, LoadResult> beside)
    {
        using var over = new CancellationTokenSource();
        LoadResult? other = null;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                other = beside(over.Token);
            }
            catch (Exception problem) when (problem is BenchException or InvalidOperationException or SocketException)
            {
                failure = problem;
            }
        });
        thread.Start();
        LoadResult measured;
        try
        {
            measured = main();
        }
        finally
        {
            over.Cancel();
            thread.Join();
        }

        return failure is null ? (measured, other!) : throw new BenchException($"The load beside the measured one failed: {failure.Message}", failure);
    }
}
