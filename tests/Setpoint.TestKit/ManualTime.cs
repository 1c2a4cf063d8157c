namespace Setpoint.TestKit;

/// <summary>A clock that stands still until it is advanced. Timers fire on the advancing thread, in the order in which they are due.</summary>
public sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly DateTimeOffset _start;
    private TimeSpan _elapsed;

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

    private ManualTimer? TakeDue(TimeSpan until)
    {
        lock (_lock)
        {
            var next = _timers.Where(timer => timer.Due <= until).MinBy(timer => timer.Due);
            if (next is null)
                return null;
            _elapsed = next.Due!.Value > _elapsed ? next.Due.Value : _elapsed;
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
                Due = dueTime < TimeSpan.Zero ? null : time._elapsed + dueTime;
                Period = period < TimeSpan.Zero ? TimeSpan.Zero : period;
                return time._timers.Contains(this);
            }
        }

        public void Dispose()
        {
            lock (time._lock)
                time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
