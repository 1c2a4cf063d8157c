namespace Setpoint.TestKit;

/// <summary>A clock that stands still until it is advanced. Timers fire on the advancing thread, in the order in which they are due.</summary>
public sealed class ManualTime : TimeProvider
{
    // Looks at which nobody has touched a timer, each after a turn of the thread pool: whoever has something to do has done it by then, also
    // where all of them get a small share of a processor only.
    private const int CalmLooks = 20;

    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly DateTimeOffset _start;
    private TimeSpan _elapsed;
    private long _touches;

    public ManualTime(DateTimeOffset? start = null) => _start = start ?? new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public TimeSpan Elapsed
    {
        get
        {
            lock (_lock)
                return _elapsed;
        }
    }

    /// <summary>How far away each running timer is, the nearest first.</summary>
    public IReadOnlyList<TimeSpan> Pending
    {
        get
        {
            lock (_lock)
                return [.. _timers.Where(timer => timer.Due is not null).Select(timer => timer.Due!.Value - _elapsed).Order()];
        }
    }

    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    public override long GetTimestamp() => Elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        lock (_lock)
            _timers.Add(timer);
        // Counts as a touch.
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var until = Elapsed + by;
        while (TakeDue(until) is { } timer)
            timer.Fire();
        lock (_lock)
            _elapsed = until;
    }

    /// <summary>
    /// Lets time pass until the condition holds: from one timer to the next, and only while nobody is at work. Time that passed by the
    /// clock on the wall would run into the time-outs of what is under way, on a machine that is slow.
    /// </summary>
    /// <param name="condition">Ends it.</param>
    /// <param name="what">The condition in words.</param>
    /// <param name="isAtWork">True while something is under way that no timer tells of, such as a request.</param>
    /// <exception cref="TimeoutException">The condition did not come to hold.</exception>
    public Task AdvanceUntilAsync(Func<bool> condition, string what, Func<bool> isAtWork)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(isAtWork);
        var isCalm = Calm(isAtWork);
        return Eventually.TrueAsync(
            () =>
            {
                if (condition())
                    return true;
                if (isCalm() && Pending is [var next, ..])
                    Advance(next);
                return false;
            },
            what,
            2 * Eventually.Soon);
    }

    /// <summary>Waits until nobody is at work: until all that can happen without time passing has happened.</summary>
    /// <inheritdoc cref="AdvanceUntilAsync" path="/param"/>
    /// <exception cref="TimeoutException">Somebody always was.</exception>
    public Task CalmAsync(Func<bool> isAtWork)
    {
        ArgumentNullException.ThrowIfNull(isAtWork);
        return Eventually.TrueAsync(Calm(isAtWork), "nobody is at work");
    }

    /// <summary>True at every so-manieth look since the last touch.</summary>
    private Func<bool> Calm(Func<bool> isAtWork)
    {
        var (seen, looks) = (-1L, 0);
        return () =>
        {
            var touches = Touches;
            looks = touches == seen && !isAtWork() ? looks + 1 : 0;
            seen = touches;
            if (looks < CalmLooks)
                return false;
            looks = 0;
            return true;
        };
    }

    /// <summary>Grows with everything that happens to a timer.</summary>
    private long Touches
    {
        get
        {
            lock (_lock)
                return _touches;
        }
    }

    private ManualTimer? TakeDue(TimeSpan until)
    {
        lock (_lock)
        {
            var next = _timers.Where(timer => timer.Due <= until).MinBy(timer => timer.Due);
            if (next is null)
                return null;
            _elapsed = next.Due!.Value > _elapsed ? next.Due.Value : _elapsed;
            _touches++;
            next.Due = next.Period > TimeSpan.Zero ? _elapsed + next.Period : null;
            return next;
        }
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan? Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._touches++;
                Due = dueTime < TimeSpan.Zero ? null : time._elapsed + dueTime;
                Period = period < TimeSpan.Zero ? TimeSpan.Zero : period;
                return time._timers.Contains(this);
            }
        }

        public void Dispose()
        {
            lock (time._lock)
            {
                time._touches++;
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
