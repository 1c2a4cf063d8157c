using System.Collections.Immutable;

namespace Setpoint.Core.Statistics;

/// <summary>What a metric measures of a subject.</summary>
public enum MetricKind
{
    /// <summary>A number, such as an order's value or a duration.</summary>
    Continuous,

    /// <summary>Whether it did something: 1 or 0.</summary>
    Conversion,
}

/// <summary>Which way is better.</summary>
public enum MetricDirection
{
    Increase,
    Decrease,
}

/// <summary>How p-values are adjusted for the number of comparisons.</summary>
public enum Correction
{
    None,

    /// <summary>Bounds the probability of any false alarm in the experiment. The default.</summary>
    Holm,

    /// <summary>Bounds the expected share of false alarms among the alarms.</summary>
    BenjaminiHochberg,
}

/// <summary>One metric of an experiment.</summary>
public sealed record ExperimentMetric(string Name, MetricKind Kind = MetricKind.Continuous, MetricDirection Better = MetricDirection.Increase);

/// <summary>One arm, as seen so far.</summary>
/// <param name="Weight">Its share of the subjects, in any unit; greater than 0.</param>
/// <param name="Exposures">Subjects that were exposed to it, each once.</param>
/// <param name="Metrics">
/// In the order of the experiment's metrics. A subject is one observation, also if it did nothing (then 0), so a count seldom differs from
/// the exposures. CUPED is applied where the covariate varies in every arm.
/// </param>
public sealed record ExperimentArm(string Name, double Weight, long Exposures, ImmutableArray<SampleMoments> Metrics);

/// <summary>How an experiment is judged. To be chosen before it starts, and left alone.</summary>
public sealed record ExperimentOptions
{
    /// <summary>The false alarms that are accepted, strictly between 0 and 1. Default 0.05.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>Observations that each arm needs before a metric is judged, at least 2. Default 100.</summary>
    public int MinimumPerArm { get; init; } = 100;

    /// <summary>
    /// Observations of two compared arms together at which intervals shall be tightest, at least 1; they hold at every size. Default 10,000.
    /// </summary>
    public long PlannedSample { get; init; } = 10_000;

    public Correction Correction { get; init; } = Correction.Holm;
}
