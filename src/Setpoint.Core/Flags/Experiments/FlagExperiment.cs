using System.Collections.Frozen;
using System.Collections.Immutable;
using Setpoint.Core.Statistics;

namespace Setpoint.Core.Flags.Experiments;

/// <summary>What a flag is an experiment on, and how it will be judged. Immutable; chosen before it starts.</summary>
/// <param name="Environment">The one environment in which it runs: users of a test stand are not a sample of anything.</param>
/// <param name="Control">The variant that the others are compared with.</param>
/// <param name="Metrics">1 to <see cref="MetricsMax"/>.</param>
public sealed record FlagExperiment(string Environment, string Control, ImmutableArray<FlagMetric> Metrics)
{
    public const int MetricsMax = 20;

    /// <summary>
    /// Shares of the arms, by variant; empty: those of the split that the flag serves in <see cref="Environment"/>. Variants without a weight
    /// take no part.
    /// </summary>
    public FrozenDictionary<string, double> Weights { get; init; } = FrozenDictionary<string, double>.Empty;

    /// <summary>
    /// 1 by default. What was observed belongs to one iteration: whoever changes the split or the variants begins the next, because subjects
    /// that were assigned in two ways make no sample.
    /// </summary>
    public int Iteration { get; init; } = 1;

    public ExperimentOptions Options { get; init; } = new();
}

/// <summary>One metric of an experiment.</summary>
/// <param name="HasCovariate">Exposures bring a number that was known of the subject before; it takes variance away (CUPED).</param>
public sealed record FlagMetric(string Name, MetricKind Kind, MetricDirection Better, bool HasCovariate)
{
    public ExperimentMetric ToExperimentMetric() => new(Name, Kind, Better);
}
