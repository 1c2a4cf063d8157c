using System.Collections.Immutable;
using Setpoint.Core.Statistics;

namespace Setpoint.Core.Tests.Statistics;

public sealed class ExperimentJudgeTests
{
    private static readonly ExperimentMetric Checkout = new("checkout_rate", MetricKind.Conversion);
    private static readonly ExperimentMetric Latency = new("latency_ms", MetricKind.Continuous, MetricDirection.Decrease);

    [Fact]
    public void A_clear_gain_is_significantly_better_and_the_sentence_has_the_figures()
    {
        var verdict = Judge([Checkout], Arm("control", 10_000, Rate(10_000, 1000)), Arm("blue", 10_100, Rate(10_100, 1250)));

        var comparison = verdict.Comparisons.ShouldHaveSingleItem();
        comparison.Decision.ShouldBe(Decision.SignificantBetter);
        comparison.Sentence.ShouldBe(
            "checkout_rate is better in 'blue': 0.1238 against 0.1 in 'control', +23.8 % (+9.5 % to +40.1 %), adjusted p < 0.0001 at alpha 0.05.");
        (comparison.Metric, comparison.Control, comparison.Treatment).ShouldBe(("checkout_rate", "control", "blue"));
        comparison.ControlMean.ShouldBe(0.1);
        comparison.TreatmentMean.ShouldBeWithin(1e-12, 1250.0 / 10_100);
        var estimate = comparison.Estimate.ShouldNotBeNull();
        estimate.Difference.ShouldBeWithin(1e-12, 1250.0 / 10_100 - 0.1);
        estimate.Interval.Low.ShouldBeGreaterThan(0);
        estimate.Interval.Contains(estimate.Difference).ShouldBeTrue();
        estimate.VarianceReduction.ShouldBe(0);
        verdict.SampleRatio.IsMismatch.ShouldBeFalse();
    }

    [Fact]
    public void The_p_of_a_single_look_is_that_of_R_for_rates_and_for_means()
    {
        // prop.test(c(1000, 1120), c(10000, 10100), correct = FALSE)
        var rate = Judge([Checkout], Arm("control", 10_000, Rate(10_000, 1000)), Arm("blue", 10_100, Rate(10_100, 1120))).Comparisons[0];
        rate.Estimate.ShouldNotBeNull().SingleLookP.ShouldBeWithin(1e-11, 0.0119562603939412874);

        // What one look shows, many looks need not: that is the price.
        rate.Decision.ShouldBe(Decision.Inconclusive);
        rate.Estimate!.P.ShouldBeGreaterThan(0.05);
        rate.Sentence.ShouldStartWith("checkout_rate: no difference shown so far between 'blue' and 'control': 0.1109 against 0.1 in 'control', +10.9 % (");

        var (control, treatment) = (Noise(200, 10, 1), Noise(300, 10.1, 2));
        var mean = Judge([Latency], Arm("control", 200, control), Arm("blue", 200, treatment)).Comparisons[0];
        mean.Estimate.ShouldNotBeNull().SingleLookP.ShouldBe(WelchTest.Of(control, treatment)!.P);
    }

    [Fact]
    public void Where_less_is_better_a_fall_is_better_and_a_rise_is_worse()
    {
        var (slow, fast) = (Noise(1000, 210, 1), Noise(1000, 205, 2));

        Judge([Latency], Arm("control", 1000, slow), Arm("blue", 1000, fast)).Comparisons[0].Decision.ShouldBe(Decision.SignificantBetter);
        var worse = Judge([Latency], Arm("control", 1000, fast), Arm("blue", 1000, slow)).Comparisons[0];
        worse.Decision.ShouldBe(Decision.SignificantWorse);
        worse.Sentence.ShouldStartWith("latency_ms is worse in 'blue': ");
        var other = Latency with { Better = MetricDirection.Increase };
        Judge([other], Arm("control", 1000, fast), Arm("blue", 1000, slow)).Comparisons[0].Decision.ShouldBe(Decision.SignificantBetter);
    }

    [Fact]
    public void A_split_off_its_weights_stops_every_verdict()
    {
        var verdict = Judge([Checkout, Latency],
            Arm("control", 5200, Rate(5200, 500), Noise(5200, 200, 1)), Arm("blue", 4800, Rate(4800, 1500), Noise(20, 1, 2)));

        verdict.SampleRatio.IsMismatch.ShouldBeTrue();
        verdict.Comparisons.ShouldAllBe(comparison => comparison.Decision == Decision.SampleRatioMismatch);
        verdict.Comparisons[0].Estimate.ShouldNotBeNull("the figures are there to look for the cause");
        verdict.Comparisons[0].Sentence.ShouldBe(
            "checkout_rate: no verdict, since the arms are not split by their weights: 5,200 in 'control' where 5,000 were due, "
            + "4,800 in 'blue' where 5,000 were due (p < 0.0001). Something loses or favours users; find it before trusting any metric.");
    }

    [Fact]
    public void An_arm_below_the_minimum_has_no_verdict_and_the_sentence_says_which()
    {
        var comparison = Judge([Latency], Arm("control", 120, Noise(120, 1, 1)), Arm("blue", 99, Noise(99, 100, 2))).Comparisons[0];

        comparison.Decision.ShouldBe(Decision.NotEnoughData);
        comparison.Estimate.ShouldBeNull();
        comparison.Sentence.ShouldBe("latency_ms: not enough data yet, since arm 'blue' has 99 of the 100 observations that a verdict needs.");
        Judge([Latency], Arm("control", 120, Noise(120, 1, 1)), Arm("blue", 100, Noise(100, 100, 2))).Comparisons[0].Decision.ShouldBe(Decision.SignificantWorse);
        Judge([Latency], Arm("control", 0, SampleMoments.Empty), Arm("blue", 0, SampleMoments.Empty)).Comparisons[0].Decision.ShouldBe(Decision.NotEnoughData);
    }

    [Fact]
    public void Few_conversions_or_no_variation_have_no_verdict()
    {
        var few = Judge([Checkout], Arm("control", 500, Rate(500, 0)), Arm("blue", 500, Rate(500, 9))).Comparisons[0];
        few.Decision.ShouldBe(Decision.NotEnoughData);
        few.Sentence.ShouldContain("fewer than 5 subjects that convert");
        Judge([Checkout], Arm("control", 500, Rate(500, 500)), Arm("blue", 500, Rate(500, 491))).Comparisons[0].Decision.ShouldBe(Decision.NotEnoughData);
        Judge([Checkout], Arm("control", 500, Rate(500, 1)), Arm("blue", 500, Rate(500, 9))).Comparisons[0].Decision.ShouldBe(Decision.Inconclusive);

        var same = new ExperimentMetric("visits");
        var constant = Judge([same], Arm("control", 500, Constant(500, 1)), Arm("blue", 500, Constant(500, 2))).Comparisons[0];
        constant.Decision.ShouldBe(Decision.NotEnoughData);
        constant.Sentence.ShouldContain("chance cannot be measured");
    }

    [Fact]
    public void What_is_significant_alone_need_not_be_among_many_and_the_sentence_says_so()
    {
        var metrics = ImmutableArray.CreateRange(Enumerable.Range(0, 5).Select(i => new ExperimentMetric($"m{i}")));
        var control = Arm("control", 2000, [.. Enumerable.Range(0, 5).Select(_ => Exact(2000, 100, 10))]);
        var blue = Arm("blue", 2000, [.. Enumerable.Range(0, 5).Select(i => Exact(2000, i == 0 ? 101.1 : 100, 10))]);

        var none = ExperimentJudge.Judge(metrics, control, [blue], new() { Correction = Correction.None }).Comparisons;
        var holm = ExperimentJudge.Judge(metrics, control, [blue], new()).Comparisons;

        var p = none[0].Estimate.ShouldNotBeNull().P;
        p.ShouldBeInRange(0.01, 0.05);
        none[0].Decision.ShouldBe(Decision.SignificantBetter);
        none[0].Sentence.ShouldContain(", p = ");
        none[0].Estimate!.AdjustedP.ShouldBe(p);
        holm[0].Decision.ShouldBe(Decision.Inconclusive);
        holm[0].Estimate.ShouldNotBeNull().AdjustedP.ShouldBeWithin(1e-12, 5 * p);
        holm[0].Estimate!.Interval.ShouldBe(none[0].Estimate!.Interval);
        holm[0].Sentence.ShouldEndWith(" By itself it would be significant; among all comparisons of the experiment it may be chance.");
        holm[1].Sentence.ShouldEndWith("at alpha 0.05.");
    }

    [Fact]
    public void Benjamini_and_Hochberg_find_what_Holm_does_not()
    {
        var metrics = ImmutableArray.CreateRange(Enumerable.Range(0, 4).Select(i => new ExperimentMetric($"m{i}")));
        var control = Arm("control", 2000, [.. Enumerable.Range(0, 4).Select(_ => Exact(2000, 100, 10))]);
        var blue = Arm("blue", 2000, [.. Enumerable.Range(0, 4).Select(_ => Exact(2000, 101.1, 10))]);

        Decisions(Correction.Holm).ShouldAllBe(decision => decision == Decision.Inconclusive);
        Decisions(Correction.BenjaminiHochberg).ShouldAllBe(decision => decision == Decision.SignificantBetter);

        IEnumerable<Decision> Decisions(Correction correction) =>
            ExperimentJudge.Judge(metrics, control, [blue], new() { Correction = correction }).Comparisons.Select(comparison => comparison.Decision);
    }

    [Fact]
    public void A_comparison_without_data_still_counts_into_the_family()
    {
        var control = Arm("control", 2000, Exact(2000, 100, 10), Noise(10, 1, 1));
        var blue = Arm("blue", 2000, Exact(2000, 101.1, 10), Noise(10, 1, 2));

        var comparisons = Judge([new("m0"), new("m1")], control, blue).Comparisons;

        comparisons[0].Estimate.ShouldNotBeNull().AdjustedP.ShouldBeWithin(1e-12, 2 * comparisons[0].Estimate!.P);
        comparisons[1].Decision.ShouldBe(Decision.NotEnoughData);
    }

    [Fact]
    public void A_covariate_makes_a_small_effect_visible()
    {
        var random = new Random(1);
        var (control, treatment) = (SampleMoments.Empty, SampleMoments.Empty);
        for (var i = 0; i < 1000; i++)
        {
            var (a, b) = (Draws.Normal(random), Draws.Normal(random));
            control = control.Add(50 + 5 * a + Draws.Normal(random), a);
            treatment = treatment.Add(50.4 + 5 * b + Draws.Normal(random), b);
        }

        var with = Judge([new("spend")], Arm("control", 1000, control), Arm("blue", 1000, treatment)).Comparisons[0];
        var without = Judge([new("spend")], Arm("control", 1000, Bare(control)), Arm("blue", 1000, Bare(treatment))).Comparisons[0];

        without.Decision.ShouldBe(Decision.Inconclusive);
        with.Decision.ShouldBe(Decision.SignificantBetter);
        with.Estimate.ShouldNotBeNull().VarianceReduction.ShouldBe(25.0 / 26, 0.01);
        with.Estimate!.Interval.Contains(0.4).ShouldBeTrue();

        static SampleMoments Bare(SampleMoments moments) => moments.Adjusted(0, 0);
    }

    [Fact]
    public void Every_treatment_is_compared_with_the_control_by_every_metric_in_order()
    {
        var arms = ((string[])["control", "blue", "red"]).Select((name, i) => Arm(name, 1000, Rate(1000, 100 + 80 * i), Noise(1000, 200, i))).ToArray();

        var verdict = ExperimentJudge.Judge([Checkout, Latency], arms[0], [arms[1], arms[2]], new());

        verdict.Comparisons.Select(comparison => (comparison.Treatment, comparison.Metric))
            .ShouldBe([("blue", "checkout_rate"), ("blue", "latency_ms"), ("red", "checkout_rate"), ("red", "latency_ms")]);
        verdict.SampleRatio.Expected.ShouldBe([1000, 1000, 1000]);
        verdict.Comparisons.Select(comparison => comparison.Decision)
            .ShouldBe([Decision.SignificantBetter, Decision.Inconclusive, Decision.SignificantBetter, Decision.Inconclusive]);
    }

    [Fact]
    public void Looking_every_hour_at_three_metrics_without_an_effect_seldom_finds_one()
    {
        const int Experiments = 300;
        var alarms = 0;
        for (var seed = 0; seed < Experiments; seed++)
        {
            var random = new Random(seed);
            var moments = new SampleMoments[2, 3];
            var isAlarm = false;
            for (var i = 1; i <= 4000; i++)
            {
                var arm = random.Next(2);
                moments[arm, 0] = moments[arm, 0].Add(Draws.Conversion(random, 0.05));
                moments[arm, 1] = moments[arm, 1].Add(Draws.Exponential(random));
                var before = Draws.Normal(random);
                moments[arm, 2] = moments[arm, 2].Add(before + Draws.Normal(random), before);
                if (i % 100 == 0)
                {
                    var verdict = ExperimentJudge.Judge([Checkout, Latency, new("spend")], At(0), [At(1)], new() { PlannedSample = 4000 });
                    isAlarm |= verdict.Comparisons.Any(comparison => comparison.Decision is Decision.SignificantBetter or Decision.SignificantWorse);
                }
            }

            alarms += isAlarm ? 1 : 0;

            ExperimentArm At(int arm) => Arm(arm == 0 ? "control" : "blue", moments[arm, 0].Count, moments[arm, 0], moments[arm, 1], moments[arm, 2]);
        }

        // 5 % of 300, and three standard errors.
        alarms.ShouldBeLessThanOrEqualTo(15 + 11);
    }

    [Fact]
    public void Arms_and_options_that_make_no_experiment_are_refused()
    {
        var good = Arm("control", 1000, Noise(1000, 1, 1));
        Should.Throw<ArgumentException>(() => ExperimentJudge.Judge([Latency], good, [], new())).Message.ShouldContain("at least one treatment");
        Should.Throw<ArgumentException>(() => Judge([Latency, Checkout], good, good)).Message.ShouldContain("'control' has moments of 1 metrics; the experiment has 2");
        Should.Throw<ArgumentException>(() => Judge([Checkout], good, Arm("blue", 10, Constant(10, 2)))).Message.ShouldContain("its mean in arm 'blue' is 2");
        Should.Throw<ArgumentException>(() => Judge([Latency], good, good with { Weight = 0 })).Message.ShouldContain("above 0, not 0");
        Should.Throw<ArgumentException>(() => ExperimentJudge.Judge([Latency], good, [good], new() { Alpha = 0 })).Message.ShouldContain("Alpha");
        Should.Throw<ArgumentException>(() => ExperimentJudge.Judge([Latency], good, [good], new() { MinimumPerArm = 1 }));
        Should.Throw<ArgumentException>(() => ExperimentJudge.Judge([Latency], good, [good], new() { PlannedSample = 0 }));
    }

    private static ExperimentVerdict Judge(ImmutableArray<ExperimentMetric> metrics, ExperimentArm control, ExperimentArm treatment) =>
        ExperimentJudge.Judge(metrics, control, [treatment], new());

    private static ExperimentArm Arm(string name, long exposures, params ImmutableArray<SampleMoments> metrics) => new(name, 1, exposures, metrics);

    private static SampleMoments Rate(long count, long successes) => SampleMoments.OfConversions(count, successes);

    private static SampleMoments Noise(int count, double mean, int seed)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Aggregate(SampleMoments.Empty, (moments, _) => moments.Add(mean + 10 * Draws.Normal(random)));
    }

    private static SampleMoments Constant(int count, double value) =>
        Enumerable.Range(0, count).Aggregate(SampleMoments.Empty, (moments, _) => moments.Add(value));

    /// <summary>Half of them above the mean and half below.</summary>
    private static SampleMoments Exact(int count, double mean, double deviation) =>
        Enumerable.Range(0, count).Aggregate(SampleMoments.Empty, (moments, i) => moments.Add(mean + (i % 2 == 0 ? deviation : -deviation)));
}
