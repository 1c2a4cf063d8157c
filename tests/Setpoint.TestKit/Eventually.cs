using System.Diagnostics;

namespace Setpoint.TestKit;

/// <summary>Waits for a condition, with a bound. The only wait that tests have.</summary>
public static class Eventually
{
    /// <summary>Longer than anything that works takes on a machine that has other things to do. Only what does not work waits for so long.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    /// <exception cref="TimeoutException">The condition did not hold within <see cref="Soon"/>.</exception>
    public static async Task TrueAsync(Func<bool> condition, string what, TimeSpan? patience = null)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > (patience ?? Soon))
                throw new TimeoutException($"It did not become true: {what}.");
            await Task.Delay(5);
        }
    }

    /// <inheritdoc cref="TrueAsync(Func{bool}, string, TimeSpan?)"/>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? patience = null)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed > (patience ?? Soon))
                throw new TimeoutException($"It did not become true: {what}.");
            await Task.Delay(5);
        }
    }
}
