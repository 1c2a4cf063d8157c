using System.Diagnostics;

namespace Setpoint.Client.Tests;

/// <summary>Waits for a condition, within a bound.</summary>
internal static class Soon
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public static async Task BecomesTrueAsync(Func<bool> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Bound)
                throw new TimeoutException($"Not within {Bound.TotalSeconds} s: {what}.");
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }
    }
}
