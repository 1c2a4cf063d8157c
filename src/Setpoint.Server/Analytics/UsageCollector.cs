using Setpoint.Core.Flags;
using Setpoint.Server.Flags;
using Setpoint.Server.Process;
using Setpoint.Storage;

namespace Setpoint.Server.Analytics;

/// <summary>
/// Takes the counts of this server's own evaluations and stores them, with those that processes have reported and who was given which arm,
/// every few seconds and once more at the end. A store that does not work costs counts and nothing else.
/// </summary>
internal sealed class UsageCollector(
    UsageBuffer buffer, FlagBoard flags, ArmObserver arms, IUsageStore store, ServerSettings settings, TimeProvider time, AnalyticsMetrics metrics, ILogger<UsageCollector> logger)
    : BackgroundService
{
    /// <summary>What a kill may cost. One transaction of some hundred rows takes a few milliseconds.</summary>
    internal static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(5);

    // What a kill may cost of who asked. A sketch is a thousand times a count, and while users come in for the first time those of all flags change.
    private static readonly TimeSpan KeysInterval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RemovalInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _flushing = new(1);
    private DateTimeOffset _keysAt = time.GetUtcNow();
    private bool _isFailing;

    /// <summary>Stores all that was counted until now.</summary>
    /// <exception cref="StoreException">It cannot be stored now. It stays here, and is tried again.</exception>
    public Task FlushAsync(CancellationToken cancellationToken) => FlushAsync(withKeys: true, cancellationToken);

    private async Task FlushAsync(bool withKeys, CancellationToken cancellationToken)
    {
        await _flushing.WaitAsync(cancellationToken);
        try
        {
            Drain(withKeys);
            await StoreAsync(cancellationToken);
            await arms.FlushAsync(cancellationToken);
            if (_isFailing)
                AnalyticsLog.FlushRecovered(logger);
            _isFailing = false;
        }
        catch (StoreException failure)
        {
            metrics.FlushFailed();
            if (!_isFailing)
                AnalyticsLog.FlushFailed(logger, failure.Failure, failure.Message);
            _isFailing = true;
            throw;
        }
        finally
        {
            _flushing.Release();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using var patience = new CancellationTokenSource(StopPatience);
        try
        {
            await TryFlushAsync(withKeys: true, patience.Token);
        }
        catch (OperationCanceledException)
        {
            AnalyticsLog.NotFlushed(logger, StopPatience);
        }
    }

    public override void Dispose()
    {
        _flushing.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(FlushInterval, time);
        var removeAt = time.GetUtcNow();
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryFlushAsync(withKeys: time.GetUtcNow() - _keysAt >= KeysInterval, stoppingToken);
                if (time.GetUtcNow() < removeAt)
                    continue;
                removeAt += RemovalInterval;
                await RemoveOldAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task TryFlushAsync(bool withKeys, CancellationToken cancellationToken)
    {
        try
        {
            await FlushAsync(withKeys, cancellationToken);
        }
        catch (StoreException)
        {
            // Told above; the next tick tries again.
        }
    }

    private async Task StoreAsync(CancellationToken cancellationToken)
    {
        var batch = buffer.Take();
        if (batch.Counts.Count == 0 && batch.Keys.Count == 0)
            return;
        var isStored = false;
        try
        {
            await store.AddAsync(batch, cancellationToken);
            isStored = true;
        }
        finally
        {
            if (!isStored)
                buffer.Return(batch);
        }
    }

    private void Drain(bool withKeys)
    {
        var now = time.GetUtcNow();
        // A day's keys are known by the day: on the next they are counted from nobody on. The few who asked since midnight count for the day before.
        var endsDay = UsageBuffer.DayOf(now) > UsageBuffer.DayOf(_keysAt);
        var keysAt = endsDay ? _keysAt : now;
        foreach (var usage in flags.DrainUsage(endsDay ? KeysTaken.All : withKeys ? KeysTaken.New : KeysTaken.None))
        {
            foreach (var one in usage.Usage)
                buffer.Add(new(usage.Namespace, one.Key, usage.Environment, one.Variant, one.Reason.ToWire()), now, one.Count);
            foreach (var one in usage.Keys)
                buffer.Add(usage.Namespace, one.Key, usage.Environment, keysAt, one.Keys);
        }

        if (endsDay || withKeys)
            _keysAt = now;
        metrics.SketchesDropped(flags.TakeKeysRefused());
    }

    private async Task RemoveOldAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await store.RemoveBeforeAsync(time.GetUtcNow().AddDays(-settings.AnalyticsDays), stoppingToken))
            {
                // In parts, so that counts and experiments find the store free in between.
            }
        }
        catch (StoreException failure)
        {
            AnalyticsLog.RemovalFailed(logger, failure.Failure, failure.Message);
        }
    }
}
