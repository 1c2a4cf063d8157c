namespace Setpoint.Core.Flags;

/// <summary>
/// The time at which a flag is asked for: a moment, or a clock that is looked at only if the flag depends on time. Looking at a clock costs
/// more than evaluating most flags, and Core has none of its own.
/// </summary>
public readonly struct FlagTime
{
    private readonly TimeProvider? _clock;
    private readonly long _ticks;

    private FlagTime(TimeProvider? clock, long ticks)
    {
        _clock = clock;
        _ticks = ticks;
    }

    /// <summary>The moment in ticks of UTC.</summary>
    internal long UtcTicks => _clock?.GetUtcNow().UtcTicks ?? _ticks;

    /// <summary>The same moment for everything that one evaluation looks at.</summary>
    internal FlagTime Stopped() => _clock is null ? this : new(null, UtcTicks);

    /// <summary>Whole seconds since 1970, as <c>$flagd.timestamp</c> counts them.</summary>
    internal double UnixSeconds => Math.Floor((double)(UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond);

    public static FlagTime At(DateTimeOffset moment) => new(null, moment.UtcTicks);

    public static FlagTime Of(TimeProvider clock) => new(clock ?? throw new ArgumentNullException(nameof(clock)), 0);

    public static implicit operator FlagTime(DateTimeOffset moment) => At(moment);

    public static implicit operator FlagTime(TimeProvider clock) => Of(clock);
}
