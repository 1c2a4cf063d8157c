using System.Collections.Immutable;
using System.Globalization;

namespace Setpoint.Core.Statistics;

/// <summary>A comparison in a plain sentence.</summary>
internal sealed class VerdictText(ImmutableArray<ExperimentArm> arms, SampleRatio ratio, ExperimentOptions options)
{
    public string Of(Comparison comparison, Measure measure) => comparison.Decision switch
    {
        Decision.SampleRatioMismatch =>
            $"{comparison.Metric}: no verdict, since the arms are not split by their weights: {Split()} (p {Probability(ratio.P ?? 1)}). "
            + "Something loses or favours users; find it before trusting any metric.",
        Decision.NotEnoughData => $"{comparison.Metric}: not enough data yet, since {measure.Lack}.",
        Decision.SignificantBetter => $"{comparison.Metric} is better in '{comparison.Treatment}': {Figures(comparison)}.",
        Decision.SignificantWorse => $"{comparison.Metric} is worse in '{comparison.Treatment}': {Figures(comparison)}.",
        Decision.Inconclusive =>
            $"{comparison.Metric}: no difference shown so far between '{comparison.Treatment}' and '{comparison.Control}': "
            + $"{Figures(comparison)}.{AloneNote(comparison)}",
        _ => throw new ArgumentOutOfRangeException(nameof(comparison), comparison.Decision, "No such decision."),
    };

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private string Split() => string.Join(", ", arms.Select(
        (arm, i) => $"{Count(arm.Exposures)} in '{arm.Name}' where {Count((long)Math.Round(ratio.Expected[i]))} were due"));

    private string Figures(Comparison comparison)
    {
        var estimate = comparison.Estimate ?? throw new InvalidOperationException($"'{comparison.Metric}' is decided without an estimate.");
        var change = estimate is { RelativeLift: { } lift, LiftInterval: { } bounds }
            ? $"{Percent(lift)} ({Percent(bounds.Low)} to {Percent(bounds.High)})"
            : $"a difference of {Number(estimate.Difference)} ({Number(estimate.Interval.Low)} to {Number(estimate.Interval.High)})";
        return $"{Number(comparison.TreatmentMean)} against {Number(comparison.ControlMean)} in '{comparison.Control}', {change}, "
            + $"{(options.Correction == Correction.None ? "p" : "adjusted p")} {Probability(estimate.AdjustedP)} at alpha {Number(options.Alpha)}";
    }

    /// <summary>The interval is of one comparison and the decision of all; where they part, a reader would wonder.</summary>
    private string AloneNote(Comparison comparison) =>
        comparison.Estimate?.P <= options.Alpha ? " By itself it would be significant; among all comparisons of the experiment it may be chance." : "";

    // Four digits, or all before the point: 0.01234, 100.2, 1,234,567.
    private static string Number(double number) => number.ToString(Math.Abs(number) is >= 10_000 and < 1e15 ? "N0" : "G4", CultureInfo.InvariantCulture);

    private static string Probability(double p) => p < 0.0001 ? "< 0.0001" : $"= {p.ToString("G2", CultureInfo.InvariantCulture)}";

    private static string Percent(double part) => (part * 100).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture) + " %";
}
