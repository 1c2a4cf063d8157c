using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Storage;

namespace Setpoint.Server.Ledger;

/// <summary>Ends runtime overrides by a commit when their time is over, and forgets idempotency keys whose time is over.</summary>
internal sealed class RuntimeExpiry(
    SnapshotBoard board, LedgerWriter writer, ILedgerStore store, TimeProvider time, ILogger<RuntimeExpiry> logger) : BackgroundService
{
    private const string Actor = "system:expiry";

    // An end further away is looked at again then; a timer cannot wait for weeks.
    private static readonly TimeSpan SleepMax = TimeSpan.FromHours(1);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops, or could not start: then nobody has told the host that it stops, and it would take this for a crash.
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        var cleanAt = time.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            var now = time.GetUtcNow();
            if (now >= cleanAt)
            {
                await RemoveAnswersAsync(now, stoppingToken);
                cleanAt = now + SleepMax;
            }

            var end = NextEnd();
            if (end <= now)
                await SleepUntilAsync(await ExpireAsync(stoppingToken) ? now : now + RetryDelay, end, stoppingToken);
            else
                await SleepUntilAsync(end ?? cleanAt, end, stoppingToken);
        }
    }

    private DateTimeOffset? NextEnd()
    {
        DateTimeOffset? next = null;
        foreach (var (_, end) in board.Current.Configs().Expiring)
        {
            if (next is null || end < next)
                next = end;
        }

        return next;
    }

    /// <summary>Sleeps until the time, or until the next end is another one than <paramref name="end"/>.</summary>
    private async Task SleepUntilAsync(DateTimeOffset wake, DateTimeOffset? end, CancellationToken stoppingToken)
    {
        var sleep = wake - time.GetUtcNow();
        if (sleep <= TimeSpan.Zero)
            return;
        // One timer for the whole sleep, and it goes when the sleep ends: commits wake this thousands of times a second.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var timer = Task.Delay(sleep < SleepMax ? sleep : SleepMax, time, over.Token);
        while (!timer.IsCompleted)
        {
            var changed = board.Changed;
            if (NextEnd() != end)
                break;
            await Task.WhenAny(timer, changed);
        }

        await over.CancelAsync();
    }

    private async Task RemoveAnswersAsync(DateTimeOffset now, CancellationToken stoppingToken)
    {
        try
        {
            await store.RemoveExpiredAnswersAsync(now, stoppingToken);
        }
        catch (StoreException failure)
        {
            // Expired answers are invisible already; only their space waits for the next time.
            LedgerLog.CleaningFailed(logger, failure.Failure, failure.Message);
        }
    }

    private async Task<bool> ExpireAsync(CancellationToken stoppingToken)
    {
        var proposal = new Proposal(Actor, "The time of this runtime override is over.", [], static plan =>
            (Result<ImmutableArray<ProposedChange>>)plan.Before.Configs().Expiring
                .Where(one => one.Value <= plan.Now)
                .Take(Limits.CommitChangesMax)
                .Select(one => new ProposedChange(one.Key.ToAddress(), null))
                .ToImmutableArray());
        var outcome = await writer.WriteAsync(new WriteRequest(proposal), stoppingToken);
        if (outcome.Fault is { } fault)
            LedgerLog.ExpiryRefused(logger, fault.Message);
        return !outcome.IsFault;
    }
}
