using Setpoint.Core.Statistics;
using Setpoint.Core.Tests.Json;

namespace Setpoint.Core.Tests.Statistics;

public sealed class ConfidenceSequenceTests
{
    private const double Alpha = 0.05;
    private const int MinimumPerArm = 100;

    [Theory]
    // scipy 1.10: w = -lambertw(-alpha**2 / e, -1).real; at the planned size the critical value is sqrt(w)
    [InlineData(0.05, 3.0351224)]
    [InlineData(0.01, 3.5716063)]
    [InlineData(0.2, 2.4520929)]
    public void At_the_planned_size_the_critical_value_is_that_of_Lamberts_function(double alpha, double expected)
    {
        new ConfidenceSequence(alpha, 10_000).CriticalValue(10_000).ShouldBeWithin(1e-7, expected);
        new ConfidenceSequence(alpha, 77).CriticalValue(77).ShouldBeWithin(1e-7, expected);
    }

    [Fact]
    public void At_the_planned_size_no_other_plan_is_tighter()
    {
        var planned = new ConfidenceSequence(Alpha, 10_000).CriticalValue(10_000);

        foreach (long other in (long[])[1000, 5000, 9000, 11_000, 20_000, 100_000])
            new ConfidenceSequence(Alpha, other).CriticalValue(10_000).ShouldBeGreaterThan(planned);
        new ConfidenceSequence(Alpha, 10_000).CriticalValue(0).ShouldBe(double.PositiveInfinity);
    }

    [Fact]
    public void The_p_value_is_alpha_where_the_interval_touches_zero() => Seeded.Run(300, random =>
    {
        var alpha = 0.001 + 0.4 * random.NextDouble();
        var sequence = new ConfidenceSequence(alpha, random.Next(1, 100_000));
        var sample = random.Next(1, 1_000_000);
        var edge = sequence.CriticalValue(sample);

        sequence.P(edge, sample).ShouldBeWithin(1e-9, alpha);
        sequence.P(-edge * 1.01, sample).ShouldBeLessThan(alpha);
        sequence.P(edge * 0.99, sample).ShouldBeGreaterThan(alpha);
        sequence.P(0, sample).ShouldBe(1);
    });

    [Theory]
    [InlineData("normal")]
    [InlineData("exponential")]
    [InlineData("conversion")]
    public void Looking_after_every_observation_gives_no_more_false_alarms_than_alpha_and_a_t_test_gives_many(string kind)
    {
        const int Experiments = 1000;
        const int Observations = 4000;
        var sequence = new ConfidenceSequence(Alpha, Observations);
        var (alarms, naiveAlarms, misses) = (0, 0, 0);
        for (var seed = 0; seed < Experiments; seed++)
        {
            var random = new Random(seed);
            var (alarm, naiveAlarm, miss) = Watch(random, Observations, sequence, () => kind switch
            {
                "normal" => Draws.Normal(random),
                "exponential" => Draws.Exponential(random),
                _ => Draws.Conversion(random, 0.1),
            });
            alarms += alarm ? 1 : 0;
            naiveAlarms += naiveAlarm ? 1 : 0;
            misses += miss ? 1 : 0;
        }

        // Three standard errors of a rate of 5 % over 1000 experiments are 2.1 %.
        alarms.ShouldBeLessThanOrEqualTo(50 + 21, $"{kind}: {alarms} of {Experiments}, with the t-test {naiveAlarms}");
        misses.ShouldBe(alarms, "the interval leaves zero out when p falls to alpha, and only then");
        naiveAlarms.ShouldBeGreaterThan(200, "the t-test is not made for this; if it passed, the simulation could not fail");
    }

    [Fact]
    public void A_real_effect_is_found_and_mostly_before_the_planned_size()
    {
        // A fifth of a standard deviation over 2000 per arm: z = 6.3 on average at the end, and 3.1 is reached at a quarter of it.
        const int Observations = 4000;
        var sequence = new ConfidenceSequence(Alpha, Observations);
        var (found, atHalf) = (0, 0);
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (control, treatment) = (SampleMoments.Empty, SampleMoments.Empty);
            for (var i = 1; i <= Observations; i++)
            {
                if (random.Next(2) == 0)
                    control = control.Add(Draws.Normal(random));
                else
                    treatment = treatment.Add(0.2 + Draws.Normal(random));
                if (i is Observations / 2 && sequence.P(Z(control, treatment), i) <= Alpha)
                    atHalf++;
            }

            if (sequence.P(Z(control, treatment), Observations) <= Alpha)
                found++;
        }

        found.ShouldBeGreaterThan(195);
        atHalf.ShouldBeInRange(150, 199);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void An_alpha_that_is_none_is_refused(double alpha) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new ConfidenceSequence(alpha, 100)).Message.ShouldContain("between 0 and 1");

    /// <summary>One experiment without an effect: looks after each observation, with the t-test after every twentieth.</summary>
    private static (bool Alarm, bool NaiveAlarm, bool Miss) Watch(Random random, int observations, ConfidenceSequence sequence, Func<double> draw)
    {
        var (control, treatment) = (SampleMoments.Empty, SampleMoments.Empty);
        var (alarm, naiveAlarm, miss) = (false, false, false);
        for (var i = 1; i <= observations; i++)
        {
            if (random.Next(2) == 0)
                control = control.Add(draw());
            else
                treatment = treatment.Add(draw());
            if (Math.Min(control.Count, treatment.Count) < MinimumPerArm)
                continue;
            var z = Z(control, treatment);
            alarm |= sequence.P(z, i) <= Alpha;
            miss |= Math.Abs(z) >= sequence.CriticalValue(i);
            naiveAlarm |= i % 20 == 0 && WelchTest.Of(control, treatment)?.P <= Alpha;
        }

        return (alarm, naiveAlarm, miss);
    }

    private static double Z(in SampleMoments control, in SampleMoments treatment) =>
        (treatment.Mean - control.Mean) / Math.Sqrt(treatment.Variance / treatment.Count + control.Variance / control.Count);
}
