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
        var cleanAt = time.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            var changed = board.Changed;
            var now = time.GetUtcNow();
            var next = board.Current.Configs().Expiring.Select(one => (DateTimeOffset?)one.Value).Min();
            if (next <= now)
            {
                if (await ExpireAsync(stoppingToken))
                    continue;
                next = now + RetryDelay;
            }

            if (now >= cleanAt)
            {
                await store.RemoveExpiredAnswersAsync(now, stoppingToken);
                cleanAt = now + SleepMax;
            }

            var sleep = next is { } end && end - now < SleepMax ? end - now : SleepMax;
            await Task.WhenAny(Task.Delay(sleep, time, stoppingToken), changed.WaitAsync(stoppingToken));
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
