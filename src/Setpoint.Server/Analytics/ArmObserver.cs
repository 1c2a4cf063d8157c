using System.Collections.Immutable;
using Setpoint.Server.Rollouts;
using Setpoint.Storage;

namespace Setpoint.Server.Analytics;

/// <summary>Stores who this server has given which arm of a rollout that is an experiment. Safe for concurrent use.</summary>
internal sealed class ArmObserver(ArmExposures exposures, RunningExperiments experiments, IUsageStore store, AnalyticsMetrics metrics, TimeProvider time) : IDisposable
{
    // One at a time: what one has taken out and not stored yet must not look stored to the next.
    private readonly SemaphoreSlim _storing = new(1);

    /// <summary>Stores all that was noted until now. Whoever stores what subjects did calls it before: without the exposure it does not count.</summary>
    /// <exception cref="StoreException">It cannot be stored now. It stays here, and is tried again.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _storing.WaitAsync(cancellationToken);
        try
        {
            while (exposures.Take(ObservationReader.EntriesMax) is { IsEmpty: false } taken)
                await StoreAsync(taken, cancellationToken);
        }
        finally
        {
            _storing.Release();
        }
    }

    public void Dispose() => _storing.Dispose();

    private async Task StoreAsync(ImmutableArray<ArmExposure> taken, CancellationToken cancellationToken)
    {
        var left = taken.GroupBy(one => (one.Namespace, one.Rollout, one.Iteration)).ToList();
        try
        {
            while (left.Count > 0)
            {
                await StoreAsync(left[^1].Key.Namespace, left[^1].Key.Rollout, left[^1].Key.Iteration, left[^1], cancellationToken);
                left.RemoveAt(left.Count - 1);
            }
        }
        finally
        {
            exposures.Return(left.SelectMany(group => group));
        }
    }

    private async Task StoreAsync(string ns, string rollout, int iteration, IEnumerable<ArmExposure> seen, CancellationToken cancellationToken)
    {
        // One that has gone, or begun again, since then: nobody asks for it any more.
        if (!experiments.FindRollout(ns, rollout).TryGet(out var experiment, out _) || experiment.Id.Iteration != iteration)
        {
            exposures.Forget(seen);
            return;
        }

        var arms = experiment.Shares.Select(share => share.Variant).ToHashSet(StringComparer.Ordinal);
        var now = time.GetUtcNow();
        ImmutableArray<Exposure> batch =
            [.. seen.Where(one => arms.Contains(one.Arm)).Select(one => new Exposure(one.Subject, one.Arm, one.At, []))];
        if (batch.IsEmpty)
            return;
        await store.ObserveAsync(new(experiment.Id, null, now, batch, [], EventsEndpoint.UnitsMax), cancellationToken);
        metrics.Observed(batch.Length);
    }
}
