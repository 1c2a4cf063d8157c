using Setpoint.Core.Statistics;
using Setpoint.Core.Tests.Json;

namespace Setpoint.Core.Tests.Statistics;

public sealed class RelativeLiftTests
{
    [Fact]
    public void The_bounds_are_the_ratios_that_are_just_so_many_standard_errors_off() => Seeded.Run(500, random =>
    {
        var (control, treatment) = (Sample(random, random.Next(2) == 0 ? 5 : -5), Sample(random, 5 * Draws.Normal(random)));
        var critical = 1 + 3 * random.NextDouble();

        var interval = RelativeLift.IntervalOf(control, treatment, critical).ShouldNotBeNull();

        // Where the control is negative, more is a smaller ratio.
        var sign = Math.Sign(control.Mean);
        Errors(1 + sign * interval.Low).ShouldBeWithin(1e-6, critical);
        Errors(1 + sign * interval.High).ShouldBeWithin(1e-6, critical);
        var lift = RelativeLift.Of(control, treatment).ShouldNotBeNull();
        interval.Low.ShouldBeLessThan(lift);
        interval.High.ShouldBeGreaterThan(lift);
        (lift > 0).ShouldBe(treatment.Mean > control.Mean);

        double Errors(double ratio) => Math.Abs(treatment.Mean - ratio * control.Mean)
            / Math.Sqrt(treatment.Variance / treatment.Count + ratio * ratio * control.Variance / control.Count);
    });

    [Fact]
    public void A_lift_of_ten_percent_is_a_tenth()
    {
        var lift = RelativeLift.Of(SampleMoments.OfConversions(1000, 100), SampleMoments.OfConversions(1000, 110)).ShouldNotBeNull();

        lift.ShouldBeWithin(1e-12, 0.1);
        RelativeLift.Of(SampleMoments.Empty.Add(-10), SampleMoments.Empty.Add(-5)).ShouldBe(0.5);
    }

    [Fact]
    public void Without_a_control_that_differs_from_zero_there_is_no_interval()
    {
        var noise = SampleMoments.Empty.Add(-1).Add(1).Add(0.5);
        var treatment = SampleMoments.Empty.Add(3).Add(4);

        RelativeLift.IntervalOf(noise, treatment, 1.96).ShouldBeNull();
        RelativeLift.Of(noise, treatment).ShouldNotBeNull();
        RelativeLift.Of(SampleMoments.OfConversions(100, 0), treatment).ShouldBeNull();
        RelativeLift.IntervalOf(SampleMoments.OfConversions(100, 0), treatment, 1.96).ShouldBeNull();
        RelativeLift.IntervalOf(SampleMoments.Empty, treatment, 1.96).ShouldBeNull();
        RelativeLift.IntervalOf(treatment, SampleMoments.Empty, 1.96).ShouldBeNull();
    }

    /// <summary>So many that the mean is far from zero by any critical value asked for.</summary>
    private static SampleMoments Sample(Random random, double mean)
    {
        var moments = SampleMoments.Empty;
        for (var i = random.Next(50, 200); i > 0; i--)
            moments = moments.Add(mean + Draws.Normal(random));
        return moments;
    }
}
