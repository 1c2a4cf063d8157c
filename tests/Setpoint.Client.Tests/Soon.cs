using System.Diagnostics;
using Setpoint.TestKit;

namespace Setpoint.Client.Tests;

/// <summary>Waits for a condition, within a bound.</summary>
internal static class Soon
{
    public static async Task BecomesTrueAsync(Func<bool> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Eventually.Soon)
                throw new TimeoutException($"Not within {Eventually.Soon.TotalSeconds} s: {what}.");
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }
    }
}
