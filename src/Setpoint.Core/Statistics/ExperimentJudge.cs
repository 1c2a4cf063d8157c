using System.Collections.Immutable;

namespace Setpoint.Core.Statistics;

/// <summary>Judges an experiment from the moments of its arms.</summary>
/// <remarks>
/// <list type="number">
/// <item>Are the arms split by their weights (<see cref="Statistics.SampleRatio"/>)? If not, that is the decision for all metrics.</item>
/// <item>Per metric, take away what a covariate explains, with one theta for all arms (CUPED).</item>
/// <item>Per treatment and metric: is there enough to judge? If so, the difference, its always valid interval and p-value
/// (asymptotic confidence sequence), and the lift (Fieller).</item>
/// <item>Adjust the p-values over all comparisons. One without data counts as 1, so that the family does not depend on the data.</item>
/// <item>Decide by the adjusted p-value, the sign and which way is better.</item>
/// </list>
/// Pure and thread-safe.
/// </remarks>
public static class ExperimentJudge
{
    /// <summary>
    /// A conversion also needs that many expected successes and failures in each arm, by the rate of both together: below, a mean of
    /// ones and zeros is not near enough to normal (W. G. Cochran, Biometrics 10 (1954)).
    /// </summary>
    public const int ExpectedConversionsMin = 5;

    /// <exception cref="ArgumentException">
    /// No treatment; moments that do not match the metrics; a weight that is not above 0; options out of range; a conversion whose mean is not
    /// from 0 to 1. What comes from outside is checked where it comes in.
    /// </exception>
    public static ExperimentVerdict Judge(
        ImmutableArray<ExperimentMetric> metrics, ExperimentArm control, ImmutableArray<ExperimentArm> treatments, ExperimentOptions options)
    {
        ImmutableArray<ExperimentArm> arms = [control, .. treatments];
        ThrowIfUnfit(metrics, arms, options);

        var ratio = SampleRatio.Of([.. arms.Select(arm => arm.Exposures)], [.. arms.Select(arm => arm.Weight)]);
        var adjustments = metrics.Select((_, i) => Cuped.Of([.. arms.Select(arm => arm.Metrics[i])])).ToArray();
        var sequence = new ConfidenceSequence(options.Alpha, options.PlannedSample);
        var measures = new List<Measure>(treatments.Length * metrics.Length);
        foreach (var treatment in treatments)
        {
            for (var i = 0; i < metrics.Length; i++)
                measures.Add(Measure.Of(metrics[i], control, treatment, i, adjustments[i], options, sequence));
        }

        var adjusted = Adjust([.. measures.Select(measure => measure.Estimate?.P ?? 1)], options.Correction);
        var text = new VerdictText(arms, ratio, options);
        return new(ratio, [.. measures.Select((measure, i) => Decide(measure, adjusted[i], ratio, options, text))]);
    }

    private static Comparison Decide(Measure measure, double adjustedP, SampleRatio ratio, ExperimentOptions options, VerdictText text)
    {
        var estimate = measure.Estimate is { } found ? found with { AdjustedP = adjustedP } : null;
        var decision = (ratio.IsMismatch, estimate) switch
        {
            (true, _) => Decision.SampleRatioMismatch,
            (_, null) => Decision.NotEnoughData,
            _ when !(estimate.AdjustedP <= options.Alpha) => Decision.Inconclusive,
            _ when estimate.Difference > 0 == (measure.Metric.Better == MetricDirection.Increase) => Decision.SignificantBetter,
            _ => Decision.SignificantWorse,
        };
        var comparison = new Comparison(
            measure.Metric.Name,
            measure.ControlArm.Name,
            measure.TreatmentArm.Name,
            measure.Control.Mean,
            measure.Treatment.Mean,
            estimate,
            decision,
            "");
        return comparison with { Sentence = text.Of(comparison, measure) };
    }

    private static double[] Adjust(double[] p, Correction correction) => correction switch
    {
        Correction.None => p,
        Correction.Holm => MultipleComparisons.Holm(p),
        Correction.BenjaminiHochberg => MultipleComparisons.BenjaminiHochberg(p),
        _ => throw new ArgumentOutOfRangeException(nameof(correction), correction, "No such correction."),
    };

    private static void ThrowIfUnfit(ImmutableArray<ExperimentMetric> metrics, ImmutableArray<ExperimentArm> arms, ExperimentOptions options)
    {
        if (arms.Length < 2)
            throw new ArgumentException("An experiment compares a control with at least one treatment.", nameof(arms));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MinimumPerArm, 2, nameof(options));
        foreach (var arm in arms)
        {
            if (arm.Metrics.Length != metrics.Length)
            {
                throw new ArgumentException(
                    $"Arm '{arm.Name}' has moments of {arm.Metrics.Length} metrics; the experiment has {metrics.Length}.", nameof(arms));
            }

            for (var i = 0; i < metrics.Length; i++)
            {
                if (metrics[i].Kind == MetricKind.Conversion && arm.Metrics[i].Mean is < 0 or > 1)
                {
                    throw new ArgumentException(
                        $"Metric '{metrics[i].Name}' is a conversion, from 0 to 1; its mean in arm '{arm.Name}' is {arm.Metrics[i].Mean}.", nameof(arms));
                }
            }
        }
    }
}
