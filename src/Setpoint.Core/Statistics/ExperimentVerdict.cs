using System.Collections.Immutable;

namespace Setpoint.Core.Statistics;

/// <summary>What may be said of a metric now.</summary>
public enum Decision
{
    /// <summary>An arm is too small, or nothing varies yet.</summary>
    NotEnoughData,

    /// <summary>The arms are not split by their weights: no metric can be trusted.</summary>
    SampleRatioMismatch,

    SignificantBetter,
    SignificantWorse,

    /// <summary>No difference is shown so far; that is not to say that there is none.</summary>
    Inconclusive,
}

/// <summary>The state of an experiment at one look. Looking does not change what the next look may say.</summary>
/// <param name="Comparisons">Each treatment with the control, by each metric: treatments in their order, metrics in theirs.</param>
public sealed record ExperimentVerdict(SampleRatio SampleRatio, ImmutableArray<Comparison> Comparisons);

/// <summary>One treatment beside the control, by one metric.</summary>
/// <param name="ControlMean">Adjusted, where CUPED is applied; a conversion's mean is its rate.</param>
/// <param name="TreatmentMean">Likewise.</param>
/// <param name="Estimate">Null where the data do not make one yet.</param>
/// <param name="Decision">By <see cref="Statistics.Estimate.AdjustedP"/> and alpha.</param>
/// <param name="Sentence">The same for a reader.</param>
public sealed record Comparison(
    string Metric, string Control, string Treatment, double ControlMean, double TreatmentMean, Estimate? Estimate, Decision Decision, string Sentence);

/// <summary>A difference, with what is known of it.</summary>
/// <param name="Difference">Treatment less control.</param>
/// <param name="Interval">Holds the true difference with probability 1 - alpha at all looks together; for this comparison alone.</param>
/// <param name="RelativeLift">The difference as a part of the control's mean: 0.1 is 10 % more. Null where that mean is 0.</param>
/// <param name="LiftInterval">Always valid too. Null where the control's mean cannot be told from 0.</param>
/// <param name="P">Always valid: it may be looked at as often as one likes.</param>
/// <param name="AdjustedP"><paramref name="P"/> adjusted for the number of comparisons.</param>
/// <param name="SingleLookP">
/// Of Welch's test or the two-proportion test. Sharper, and only right for who looks once, at a size planned before. No decision uses it.
/// </param>
/// <param name="VarianceReduction">The part of the variance that CUPED took away; 0 without a covariate.</param>
public sealed record Estimate(
    double Difference,
    Interval Interval,
    double? RelativeLift,
    Interval? LiftInterval,
    double P,
    double AdjustedP,
    double SingleLookP,
    double VarianceReduction);
