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

    private static readonly TimeSpan RemovalInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _flushing = new(1);
    private bool _isFailing;

    /// <summary>Stores all that was counted until now.</summary>
    /// <exception cref="StoreException">It cannot be stored now. It stays here, and is tried again.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _flushing.WaitAsync(cancellationToken);
        try
        {
            Drain();
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
            await TryFlushAsync(patience.Token);
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
                await TryFlushAsync(stoppingToken);
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

    private async Task TryFlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await FlushAsync(cancellationToken);
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

    private void Drain()
    {
        var now = time.GetUtcNow();
        foreach (var (ns, environment, usage) in flags.DrainUsage())
        {
            foreach (var one in usage)
                buffer.Add(new(ns, one.Key, environment, one.Variant, one.Reason.ToWire()), now, one.Count);
        }
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
