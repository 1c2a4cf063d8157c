using System.Collections.Immutable;
using Setpoint.Core.Statistics;

namespace Setpoint.Storage;

/// <summary>What is counted: an answer that a flag gave.</summary>
/// <param name="Variant">Null: the default in the caller's code stood.</param>
/// <param name="Reason">As on the wire, such as <c>SPLIT</c>.</param>
public readonly record struct UsageCell(string Namespace, string Flag, string Environment, string? Variant, string Reason);

/// <param name="Hour">Its beginning, UTC.</param>
public readonly record struct UsageCount(UsageCell Cell, DateTimeOffset Hour, long Count);

/// <summary>Who evaluated a flag on a day.</summary>
/// <param name="Day">Its beginning, UTC.</param>
/// <param name="Keys">Of precision <see cref="Precision"/>.</param>
public sealed record UsageKeys(string Namespace, string Flag, string Environment, DateTimeOffset Day, HyperLogLog Keys)
{
    /// <summary>
    /// 1.6 % standard error for at most 3 KiB a flag, environment and day: 1,000 busy flags in three environments take 800 MB in 90 days,
    /// where the default precision would take four times that.
    /// </summary>
    public const int Precision = 12;
}

/// <summary>What is stored together.</summary>
public sealed record UsageBatch(IReadOnlyCollection<UsageCount> Counts, IReadOnlyCollection<UsageKeys> Keys);

/// <param name="LastHour">The last hour in which it was served.</param>
public readonly record struct VariantUse(string Namespace, string Flag, string? Variant, long Count, DateTimeOffset LastHour);

/// <summary>An experiment's observations are those of one iteration; the next begins with none.</summary>
public readonly record struct ExperimentId(string Namespace, string Flag, string Environment, int Iteration);

/// <summary>What came in about one experiment.</summary>
/// <param name="Id">So that sending it again has no effect; null if nobody would know.</param>
/// <param name="At">When it came.</param>
/// <param name="UnitsMax">Subjects that the experiment may have. Then nobody new is taken in, and those who are in are observed on.</param>
public sealed record ObservationBatch(
    ExperimentId Experiment, BatchId? Id, DateTimeOffset At, ImmutableArray<Exposure> Exposures, ImmutableArray<Observation> Observations, int UnitsMax);

/// <summary>What a batch is known by.</summary>
/// <param name="Name">Stands for what its sender calls it.</param>
/// <param name="Content">Stands for all that is in it: two of one name are one batch only if this is the same.</param>
public readonly record struct BatchId(long Name, long Content);

/// <summary>A subject saw a variant.</summary>
/// <param name="Unit">Stands for the targeting key.</param>
/// <param name="Covariates">What was known of the subject before, by metric.</param>
public sealed record Exposure(long Unit, string Arm, DateTimeOffset At, ImmutableArray<Covariate> Covariates);

public readonly record struct Covariate(string Metric, double Value);

/// <summary>A subject did something.</summary>
/// <param name="Value">Added to what it did before.</param>
public readonly record struct Observation(long Unit, string Metric, double Value, DateTimeOffset At);

/// <summary>What became of a batch.</summary>
/// <param name="IsRepeat">The batch had been added already, and nothing was done.</param>
/// <param name="IsOther">Another batch of this name had been added, and nothing was done.</param>
/// <param name="Enrolled">Subjects seen for the first time.</param>
/// <param name="Known">Exposures of subjects that were there already, in the same arm.</param>
/// <param name="Switched">Exposures of subjects that were there already, in another arm; they stay in their first.</param>
/// <param name="Full">Exposures of new subjects that the experiment has no room for.</param>
/// <param name="Observed">Values that were added.</param>
/// <param name="Unexposed">Values of subjects without an exposure, or from before it; not added.</param>
public readonly record struct ObservationOutcome(bool IsRepeat, bool IsOther, int Enrolled, int Known, int Switched, int Full, int Observed, int Unexposed);

/// <param name="IsConversion">A subject counts as 1 if its values are above 0 together, and as 0 else.</param>
public readonly record struct ObservedMetric(string Name, bool IsConversion);

/// <summary>The subjects of an experiment as of now.</summary>
/// <param name="First">The first exposure; null if there was none.</param>
/// <param name="Last">When something was last observed.</param>
public sealed record ExperimentSample(DateTimeOffset? First, DateTimeOffset? Last, ImmutableArray<ArmSample> Arms)
{
    public static ExperimentSample Empty { get; } = new(null, null, []);
}

/// <param name="Units">Subjects exposed to it, each once.</param>
/// <param name="Switched">Exposures of its subjects to other arms later.</param>
/// <param name="Moments">Of each metric, over all subjects of the arm: one that did nothing is a 0.</param>
public sealed record ArmSample(string Arm, long Units, long Switched, ImmutableArray<SampleMoments> Moments);
