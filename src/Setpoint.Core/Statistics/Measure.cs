namespace Setpoint.Core.Statistics;

/// <summary>One comparison before the p-values are adjusted.</summary>
/// <param name="Control">Its moments, adjusted by CUPED.</param>
/// <param name="Treatment">Likewise.</param>
/// <param name="Estimate">Null: <paramref name="Lack"/> says why not.</param>
/// <param name="Lack">What is missing, as a part of a sentence.</param>
internal sealed record Measure(
    ExperimentMetric Metric,
    ExperimentArm ControlArm,
    ExperimentArm TreatmentArm,
    SampleMoments Control,
    SampleMoments Treatment,
    Estimate? Estimate,
    string Lack)
{
    public static Measure Of(
        ExperimentMetric metric,
        ExperimentArm controlArm,
        ExperimentArm treatmentArm,
        int index,
        Cuped cuped,
        ExperimentOptions options,
        in ConfidenceSequence sequence)
    {
        var (rawControl, rawTreatment) = (controlArm.Metrics[index], treatmentArm.Metrics[index]);
        var (control, treatment) = (cuped.Adjust(rawControl), cuped.Adjust(rawTreatment));
        var measure = new Measure(metric, controlArm, treatmentArm, control, treatment, null, "");

        foreach (var (arm, moments) in new[] { (controlArm, control), (treatmentArm, treatment) })
        {
            var (count, minimum) = (VerdictText.Count(moments.Count), VerdictText.Count(options.MinimumPerArm));
            if (moments.Count < options.MinimumPerArm)
                return measure with { Lack = $"arm '{arm.Name}' has {count} of the {minimum} observations that a verdict needs" };
        }

        if (metric.Kind == MetricKind.Conversion && LacksConversions(rawControl, rawTreatment))
        {
            return measure with
            {
                Lack = $"at this rate an arm expects fewer than {ExperimentJudge.ExpectedConversionsMin} subjects that convert, or that do not",
            };
        }

        if (WelchTest.Of(control, treatment) is not { } welch)
            return measure with { Lack = "every subject has the same value in its arm, so chance cannot be measured" };

        var sample = control.Count + treatment.Count;
        var critical = sequence.CriticalValue(sample);
        var p = sequence.P(welch.T, sample);
        return measure with
        {
            Estimate = new(
                welch.Difference,
                Interval.Around(welch.Difference, critical * welch.StandardError),
                RelativeLift.Of(control, treatment),
                RelativeLift.IntervalOf(control, treatment, critical),
                p,
                p,
                SingleLookP(metric, rawControl, rawTreatment, cuped, welch),
                cuped.VarianceReduction),
        };
    }

    private static bool LacksConversions(in SampleMoments control, in SampleMoments treatment)
    {
        var rate = control.Merge(treatment).Mean;
        return Math.Min(rate, 1 - rate) * Math.Min(control.Count, treatment.Count) < ExperimentJudge.ExpectedConversionsMin;
    }

    /// <summary>An adjusted conversion is no proportion any more: then Welch's test is the one to take.</summary>
    private static double SingleLookP(ExperimentMetric metric, in SampleMoments control, in SampleMoments treatment, Cuped cuped, WelchTest welch) =>
        metric.Kind == MetricKind.Conversion && cuped.Theta == 0
            && TwoProportionTest.Of(control.Count, Successes(control), treatment.Count, Successes(treatment)) is { } test
            ? test.P
            : welch.P;

    private static long Successes(in SampleMoments moments) => (long)Math.Round(moments.Mean * moments.Count);
}
