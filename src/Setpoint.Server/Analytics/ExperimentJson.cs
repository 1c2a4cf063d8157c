using System.Collections.Immutable;
using Setpoint.Core.Flags.Experiments;
using Setpoint.Core.Json;
using Setpoint.Core.Statistics;
using Setpoint.Storage;

namespace Setpoint.Server.Analytics;

/// <summary>Experiments as they are shown. Pure.</summary>
internal static class ExperimentJson
{
    public static JsonValue Summary(RunningExperiment experiment) => Begin(experiment)
        .Add("arms", new JsonArray([.. experiment.Shares.Select(share => new JsonString(share.Variant))]))
        .Add("metrics", new JsonArray([.. experiment.Definition.Metrics.Select(metric => new JsonString(metric.Name))]))
        .Build();

    public static JsonObject Of(RunningExperiment experiment, ExperimentSample sample, ImmutableArray<ExperimentArm> arms, ExperimentVerdict verdict) =>
        Begin(experiment)
            .Add("startedAt", sample.First is { } first ? WireTime.Of(first) : null)
            .Add("lastObservedAt", sample.Last is { } last ? WireTime.Of(last) : null)
            .Add("arms", new JsonArray([.. arms.Select((arm, i) => ArmOf(arm, verdict.SampleRatio.Expected[i], sample, arms))]))
            .Add("sampleRatio", SampleRatioOf(verdict.SampleRatio))
            .Add("metrics", new JsonArray([.. experiment.Definition.Metrics.Select(metric => MetricOf(metric, verdict))]))
            .Add("options", OptionsOf(experiment.Definition.Options))
            .Build();

    private static JsonObjectBuilder Begin(RunningExperiment experiment) => new JsonObjectBuilder(12)
        .Add(experiment.On.IsRollout ? "rollout" : "flagKey", experiment.On.Key)
        .Add("namespace", experiment.On.Namespace)
        .Add("environment", experiment.Id.Environment)
        .Add("iteration", experiment.Id.Iteration)
        .Add("control", experiment.Definition.Control);

    private static JsonObject ArmOf(ExperimentArm arm, double expected, ExperimentSample sample, ImmutableArray<ExperimentArm> arms) => new JsonObjectBuilder(5)
        .Add("variant", arm.Name)
        .Add("share", Number(arm.Weight / arms.Sum(one => one.Weight)))
        .Add("subjects", arm.Exposures)
        .Add("expected", Number(expected))
        .Add("switched", sample.Arms.FirstOrDefault(one => one.Arm == arm.Name)?.Switched ?? 0)
        .Build();

    private static JsonObject SampleRatioOf(SampleRatio ratio) => new JsonObjectBuilder(3)
        .Add("p", Number(ratio.P))
        .Add("threshold", Number(SampleRatio.Threshold))
        .Add("mismatch", ratio.IsMismatch)
        .Build();

    private static JsonObject MetricOf(FlagMetric metric, ExperimentVerdict verdict) => new JsonObjectBuilder(5)
        .Add("name", metric.Name)
        .Add("kind", metric.Kind == MetricKind.Conversion ? "conversion" : "mean")
        .Add("better", metric.Better == MetricDirection.Increase ? "increase" : "decrease")
        .Add("covariate", metric.HasCovariate)
        .Add("comparisons", new JsonArray([.. verdict.Comparisons.Where(one => one.Metric == metric.Name).Select(ComparisonOf)]))
        .Build();

    private static JsonObject ComparisonOf(Comparison comparison)
    {
        var json = new JsonObjectBuilder(12)
            .Add("treatment", comparison.Treatment)
            .Add("decision", DecisionOf(comparison.Decision))
            .Add("sentence", comparison.Sentence)
            .Add("controlMean", Number(comparison.ControlMean))
            .Add("treatmentMean", Number(comparison.TreatmentMean));
        if (comparison.Estimate is { } estimate)
        {
            json.Add("difference", Number(estimate.Difference))
                .Add("interval", IntervalOf(estimate.Interval))
                .Add("relativeLift", Number(estimate.RelativeLift))
                .Add("liftInterval", IntervalOf(estimate.LiftInterval))
                .Add("p", Number(estimate.P))
                .Add("adjustedP", Number(estimate.AdjustedP))
                .Add("singleLookP", Number(estimate.SingleLookP))
                .Add("varianceReduction", Number(estimate.VarianceReduction));
        }

        return json.Build();
    }

    private static string DecisionOf(Decision decision) => decision switch
    {
        Decision.NotEnoughData => "NOT_ENOUGH_DATA",
        Decision.SampleRatioMismatch => "SAMPLE_RATIO_MISMATCH",
        Decision.SignificantBetter => "BETTER",
        Decision.SignificantWorse => "WORSE",
        Decision.Inconclusive => "INCONCLUSIVE",
        _ => throw new ArgumentOutOfRangeException(nameof(decision), decision, "Unknown decision."),
    };

    private static JsonObject OptionsOf(ExperimentOptions options) => new JsonObjectBuilder(4)
        .Add("alpha", Number(options.Alpha))
        .Add("minimumPerArm", options.MinimumPerArm)
        .Add("plannedSample", options.PlannedSample)
        .Add("correction", options.Correction switch
        {
            Correction.Holm => "holm",
            Correction.BenjaminiHochberg => "benjamini-hochberg",
            Correction.None => "none",
            var other => throw new ArgumentOutOfRangeException(nameof(options), other, "Unknown correction."),
        })
        .Build();

    private static JsonValue IntervalOf(Interval? interval) =>
        interval is { } found ? new JsonArray([Number(found.Low), Number(found.High)]) : JsonNull.Instance;

    /// <summary>JSON has no infinity; an interval without an end is open there.</summary>
    private static JsonValue Number(double? value) => value is { } number && double.IsFinite(number) ? JsonNumber.Of(number) : JsonNull.Instance;
}
