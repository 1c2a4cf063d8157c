using Setpoint.Core.Statistics;
using Setpoint.Core.Tests.Json;

namespace Setpoint.Core.Tests.Statistics;

public sealed class SampleMomentsTests
{
    [Fact]
    public void Moments_of_known_numbers_are_right()
    {
        // R: mean(x), sum((x - mean(x))^2), sum((x - mean(x)) * (y - mean(y)))
        (double Value, double Covariate)[] sample = [(2, 1), (4, 3), (4, 2), (4, 5), (5, 4), (5, 6), (7, 8), (9, 7)];

        var moments = Of(sample);

        moments.Count.ShouldBe(8);
        moments.Mean.ShouldBe(5);
        moments.M2.ShouldBeWithin(1e-15, 32);
        moments.Variance.ShouldBeWithin(1e-15, 32.0 / 7);
        moments.CovariateMean.ShouldBe(4.5);
        moments.CovariateM2.ShouldBeWithin(1e-15, 42);
        moments.CoM2.ShouldBeWithin(1e-15, 31);
    }

    [Fact]
    public void However_a_sample_is_taken_apart_its_moments_are_those_of_two_passes() => Seeded.Run(500, random =>
    {
        // Multiples of 1/64, which both double and decimal hold exactly.
        var offset = random.Next(3) * 1e6;
        var sample = Enumerable.Range(0, random.Next(1, 200))
            .Select(_ => (Value: offset + random.Next(640) / 64.0, Covariate: random.Next(64) / 64.0 - offset)).ToArray();

        var parts = Enumerable.Range(0, random.Next(1, 9)).Select(_ => SampleMoments.Empty).ToArray();
        foreach (var (value, covariate) in sample)
        {
            ref var part = ref parts[random.Next(parts.Length)];
            part = part.Add(value, covariate);
        }

        random.Shuffle(parts);
        var merged = parts.Aggregate((a, b) => a.Merge(b));

        var (mean, covariateMean) = (sample.Average(x => (decimal)x.Value), sample.Average(x => (decimal)x.Covariate));
        merged.Count.ShouldBe(sample.Length);
        merged.Mean.ShouldBeWithin(1e-15, (double)mean);
        merged.M2.ShouldBe((double)sample.Sum(x => ((decimal)x.Value - mean) * ((decimal)x.Value - mean)), 1e-7);
        merged.CovariateM2.ShouldBe((double)sample.Sum(x => ((decimal)x.Covariate - covariateMean) * ((decimal)x.Covariate - covariateMean)), 1e-7);
        merged.CoM2.ShouldBe((double)sample.Sum(x => ((decimal)x.Value - mean) * ((decimal)x.Covariate - covariateMean)), 1e-7);
        merged.Merge(SampleMoments.Empty).ShouldBe(merged);
        SampleMoments.Empty.Merge(merged).ShouldBe(merged);
    });

    [Fact]
    public void A_million_merges_do_not_move_the_mean_of_values_far_from_zero()
    {
        // Seconds since 1970: one rounding is 2e-7, and a million of them make 4e-5 of drift where the mean does not carry its rounding along.
        const long Start = 1_700_000_000;
        var random = new Random(1);
        var moments = SampleMoments.Empty;
        var (sum, squares) = (0m, 0m);
        for (var i = 0; i < 1_000_000; i++)
        {
            var thousandths = random.Next(2000);
            sum += thousandths;
            squares += (decimal)thousandths * thousandths;
            moments = moments.Merge(SampleMoments.Empty.Add(Start + thousandths / 1000.0));
        }

        var mean = sum / 1_000_000;
        moments.Mean.ShouldBe(Start + (double)(mean / 1000), 5e-7);
        moments.M2.ShouldBeWithin(1e-9, (double)((squares - mean * sum) / 1_000_000));
    }

    [Fact]
    public void A_conversion_has_the_moments_of_its_ones_and_zeros() => Seeded.Run(50, random =>
    {
        var count = random.Next(1, 300);
        var successes = random.Next(count + 1);

        var moments = SampleMoments.OfConversions(count, successes);

        var added = Of([.. Enumerable.Range(0, count).Select(i => (i < successes ? 1.0 : 0.0, 0.0))]);
        moments.Count.ShouldBe(added.Count);
        moments.Mean.ShouldBe(added.Mean, 1e-14);
        moments.M2.ShouldBe(added.M2, 1e-12);
    });

    [Fact]
    public void Moments_come_back_from_their_numbers() => Seeded.Run(200, random =>
    {
        var sample = Enumerable.Range(0, random.Next(50)).Select(_ => (random.NextDouble() * 1e9, random.NextDouble() - 0.5)).ToArray();
        var moments = Of(sample);

        SampleMoments.FromNumbers(moments.ToNumbers().AsSpan()).Value.ShouldBe(moments);
        SampleMoments.FromNumbers(moments.Merge(moments).ToNumbers().AsSpan()).Value.ShouldBe(moments.Merge(moments));
    });

    [Theory]
    [InlineData("8 numbers, not 2", new double[] { 1, 2 })]
    [InlineData("not a finite number", new double[] { 3, double.NaN, 0, 1, 0, 0, 0, 0 })]
    [InlineData("whole number", new double[] { 1.5, 0, 0, 1, 0, 0, 0, 0 })]
    [InlineData("whole number", new double[] { -1, 0, 0, 1, 0, 0, 0, 0 })]
    [InlineData("every number is 0", new double[] { 0, 0, 0, 1, 0, 0, 0, 0 })]
    [InlineData("at most 1E+50", new double[] { 3, 1e51, 0, 1, 0, 0, 0, 0 })]
    [InlineData("not negative", new double[] { 3, 0, 0, -1, 0, 0, 0, 0 })]
    [InlineData("does not deviate", new double[] { 1, 4, 0, 1, 0, 0, 0, 0 })]
    [InlineData("vary together", new double[] { 3, 4, 0, 1, 0, 0, 1, 2 })]
    public void Numbers_that_no_sample_has_are_refused(string reason, double[] numbers)
    {
        var fault = SampleMoments.FromNumbers(numbers).Fault.ShouldNotBeNull();
        fault.Code.ShouldBe("MalformedRequest");
        fault.Message.ShouldContain(reason);
    }

    [Fact]
    public void An_observation_that_is_no_number_or_too_large_is_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => SampleMoments.Empty.Add(double.NaN));
        Should.Throw<ArgumentOutOfRangeException>(() => SampleMoments.Empty.Add(double.NegativeInfinity));
        Should.Throw<ArgumentOutOfRangeException>(() => SampleMoments.Empty.Add(1, 1e51)).ParamName.ShouldBe("covariate");
        SampleMoments.Empty.Add(-1e50).Add(1e50).Variance.ShouldBeWithin(1e-15, 2e100);
    }

    [Fact]
    public void A_covariate_that_explains_takes_the_variance_with_it_and_leaves_the_effect() => Seeded.Run(20, random =>
    {
        var (control, treatment) = (SampleMoments.Empty, SampleMoments.Empty);
        for (var i = 0; i < 4000; i++)
        {
            var (before, noise) = (Draws.Normal(random), Draws.Normal(random));
            if (random.Next(2) == 0)
                control = control.Add(10 + 2 * before + noise, before);
            else
                treatment = treatment.Add(10.3 + 2 * before + noise, before);
        }

        var cuped = Cuped.Of([control, treatment]);
        var (adjustedControl, adjustedTreatment) = (cuped.Adjust(control), cuped.Adjust(treatment));

        // Correlation squared is 4 / 5.
        cuped.Theta.ShouldBe(2, 0.1);
        cuped.VarianceReduction.ShouldBe(0.8, 0.03);
        (adjustedControl.Variance / control.Variance).ShouldBe(0.2, 0.03);
        (adjustedTreatment.Mean - adjustedControl.Mean).ShouldBe(0.3, 4 * Math.Sqrt(1.0 / 2000 * 2));
        adjustedControl.Count.ShouldBe(control.Count);

        // All arms together keep their mean: the covariate is measured from its own.
        adjustedControl.Merge(adjustedTreatment).Mean.ShouldBeWithin(1e-12, control.Merge(treatment).Mean);
    });

    [Fact]
    public void An_adjustment_equals_that_of_the_observations_themselves()
    {
        (double Value, double Covariate)[] sample = [(2, 1), (4, 3), (4, 2), (4, 5), (5, 4), (5, 6), (7, 8), (9, 7)];
        var cuped = Cuped.Of([Of(sample)]);

        var adjusted = cuped.Adjust(Of(sample));

        // R: theta <- cov(x, y) / var(x)
        cuped.Theta.ShouldBeWithin(1e-15, 31.0 / 42);
        cuped.VarianceReduction.ShouldBeWithin(1e-14, 31.0 * 31 / (42 * 32));
        var expected = Of([.. sample.Select(x => (x.Value - 31.0 / 42 * (x.Covariate - 4.5), 0.0))]);
        adjusted.Mean.ShouldBeWithin(1e-14, expected.Mean);
        adjusted.M2.ShouldBeWithin(1e-13, expected.M2);
    }

    [Fact]
    public void A_covariate_that_does_not_vary_adjusts_nothing()
    {
        var moments = Of([(1, 7), (2, 7), (4, 7)]);
        var cuped = Cuped.Of([moments]);

        cuped.Theta.ShouldBe(0);
        cuped.VarianceReduction.ShouldBe(0);
        cuped.Adjust(moments).Mean.ShouldBe(moments.Mean);
        cuped.Adjust(moments).M2.ShouldBe(moments.M2);
        Cuped.Of([SampleMoments.Empty]).Theta.ShouldBe(0);

        var varies = Of([(1, 1), (2, 3), (4, 7)]);
        Cuped.Of([varies]).Theta.ShouldNotBe(0);
        Cuped.Of([varies, Of([(1, 0), (2, 0), (4, 0)])]).Theta.ShouldBe(0, "one arm has no covariate");
    }

    private static SampleMoments Of((double Value, double Covariate)[] sample) =>
        sample.Aggregate(SampleMoments.Empty, (moments, x) => moments.Add(x.Value, x.Covariate));
}
