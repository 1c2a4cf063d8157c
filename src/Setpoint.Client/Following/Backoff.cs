using System.Diagnostics.CodeAnalysis;

namespace Setpoint.Client.Following;

/// <summary>
/// How long to wait before the next attempt: full jitter under a ceiling of 1 s that doubles to 30 s. Full jitter spreads a fleet that
/// lost one server over the whole ceiling instead of bringing it back in one wave.
/// </summary>
internal sealed class Backoff(Random random)
{
    private static readonly TimeSpan CeilingMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CeilingMax = TimeSpan.FromSeconds(30);

    /// <summary>A connection that lived this long was healthy: the next trouble is a new one.</summary>
    public static readonly TimeSpan Healthy = TimeSpan.FromSeconds(60);

    // 2^5 s is beyond the ceiling; counting on would overflow one day.
    private const int AttemptMax = 5;

    private int _attempt;

    /// <summary>The ceiling of the next wait.</summary>
    public TimeSpan Ceiling
    {
        get
        {
            var ceiling = CeilingMin * (1 << _attempt);
            return ceiling < CeilingMax ? ceiling : CeilingMax;
        }
    }

    /// <summary>Draws the next wait, and doubles the ceiling for the one after it.</summary>
    [SuppressMessage("Security", "CA5394", Justification = "Jitter spreads load; nobody gains from guessing it.")]
    public TimeSpan Next()
    {
        var wait = Ceiling * random.NextDouble();
        _attempt = Math.Min(_attempt + 1, AttemptMax);
        return wait;
    }

    public void Reset() => _attempt = 0;
}
