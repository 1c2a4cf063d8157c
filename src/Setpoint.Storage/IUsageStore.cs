using System.Collections.Immutable;
using Setpoint.Core.Statistics;

namespace Setpoint.Storage;

/// <summary>
/// Where it is kept how flags are used: counts by the hour, sketches of who was there by the day, and the subjects of experiments. Beside
/// the ledger and not in it: these are observations, there are many of them, and losing the last seconds of them to a power failure
/// is cheaper than an fsync for each. Opens itself at the first call. Safe for concurrent use.
/// </summary>
/// <remarks>Every method throws <see cref="StoreException"/> if the store cannot do it; then nothing of that call is stored.</remarks>
public interface IUsageStore : IAsyncDisposable
{
    /// <summary>Adds counts and merges sketches, in one transaction.</summary>
    Task AddAsync(UsageBatch batch, CancellationToken cancellationToken);

    /// <summary>The counts of a namespace or a flag, in order of hour.</summary>
    /// <param name="flag">Null: of all flags of the namespace.</param>
    /// <param name="environment">Null: of all environments.</param>
    /// <param name="from">The first hour.</param>
    /// <param name="to">The hour after the last.</param>
    Task<IReadOnlyList<UsageCount>> ReadCountsAsync(
        string ns, string? flag, string? environment, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    /// <summary>Who was there on any of these days, merged; null if no process said so.</summary>
    /// <inheritdoc cref="ReadCountsAsync"/>
    Task<HyperLogLog?> ReadKeysAsync(
        string ns, string flag, string? environment, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    /// <summary>What each variant of each flag was served in a time, over all its hours.</summary>
    /// <inheritdoc cref="ReadCountsAsync"/>
    Task<IReadOnlyList<VariantUse>> ReadUseAsync(string? ns, string? environment, DateTimeOffset from, CancellationToken cancellationToken);

    /// <summary>Since when this store has been counting: a flag without counts before that is not an unused one.</summary>
    Task<DateTimeOffset> ReadStartAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Adds what was seen of the subjects of an experiment: exposures first, then values. A batch whose <see cref="ObservationBatch.Id"/> was
    /// added in the last 24 hours is not added again, and another one of its name not at all.
    /// </summary>
    Task<ObservationOutcome> ObserveAsync(ObservationBatch batch, CancellationToken cancellationToken);

    /// <summary>What each arm has seen; empty if nothing was observed.</summary>
    /// <param name="metrics">The moments wanted, in order.</param>
    Task<ExperimentSample> ReadExperimentAsync(ExperimentId experiment, ImmutableArray<ObservedMetric> metrics, CancellationToken cancellationToken);

    /// <summary>Removes hours, days and experiments that ended before that. In parts, so that nothing waits for long.</summary>
    /// <returns>True if there may be more.</returns>
    Task<bool> RemoveBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken);
}
