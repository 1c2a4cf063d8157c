using Setpoint.Core.Statistics;

namespace Setpoint.Core.Tests.Statistics;

/// <summary>Against R 4.2: t.test, prop.test(correct = FALSE), chisq.test and p.adjust, called as each test says.</summary>
public sealed class SampleTests
{
    [Fact]
    public void Welchs_test_equals_that_of_R()
    {
        // t.test(b, a)
        double[] a = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4];
        double[] b = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 24.7];

        var test = WelchTest.Of(MomentsOf(a), MomentsOf(b)).ShouldNotBeNull();

        test.T.ShouldBeWithin(1e-12, 2.8694106364889964134);
        test.DegreesOfFreedom.ShouldBeWithin(1e-12, 27.8967231564900934870);
        test.P.ShouldBeWithin(1e-11, 0.0077544300584538829);
        test.StandardError.ShouldBeWithin(1e-12, 0.9943970016172600790);
        ShouldBe(test.IntervalAt(0.05), 0.8160636274828542147, 4.8906030391838095639);
        ShouldBe(test.IntervalAt(0.01), 0.10481746205787158, 5.60184920460879265);
    }

    [Fact]
    public void Welchs_test_of_the_sleep_data_equals_that_of_R()
    {
        // t.test(extra ~ group, data = sleep): group 1 less group 2
        var control = MomentsOf(1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4);
        var treatment = MomentsOf(0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2);

        var test = WelchTest.Of(control, treatment).ShouldNotBeNull();

        test.T.ShouldBeWithin(1e-12, -1.860813467486853057);
        test.DegreesOfFreedom.ShouldBeWithin(1e-12, 17.776473516178498357);
        test.P.ShouldBeWithin(1e-11, 0.079394140187358173);
        ShouldBe(test.IntervalAt(0.05), -3.365483230711710405, 0.205483230711710180);
    }

    [Fact]
    public void Without_variation_or_with_one_observation_there_is_no_test()
    {
        WelchTest.Of(MomentsOf(1, 1, 1), MomentsOf(2, 2)).ShouldBeNull();
        WelchTest.Of(MomentsOf(1), MomentsOf(2, 3)).ShouldBeNull();
        WelchTest.Of(SampleMoments.Empty, MomentsOf(2, 3)).ShouldBeNull();
        WelchTest.Of(MomentsOf(1, 1), MomentsOf(2, 3)).ShouldNotBeNull();
        TwoProportionTest.Of(10, 0, 20, 0).ShouldBeNull();
        TwoProportionTest.Of(10, 10, 20, 20).ShouldBeNull();
        TwoProportionTest.Of(0, 0, 20, 10).ShouldBeNull();
        TwoProportionTest.Of(10, 0, 20, 1).ShouldNotBeNull();
    }

    [Fact]
    public void Two_proportions_are_compared_as_R_does_pooled_for_p_and_unpooled_for_the_interval()
    {
        // prop.test(c(15, 25), c(50, 50), correct = FALSE); its interval is first less second
        var small = TwoProportionTest.Of(50, 15, 50, 25).ShouldNotBeNull();
        small.Z.ShouldBeWithin(1e-12, Math.Sqrt(4.166666666666666963));
        small.P.ShouldBeWithin(1e-12, 0.041226833337163572);
        ShouldBe(small.IntervalAt(0.05), 0.012006858767704159, 0.387993141232295891);

        // prop.test(c(1000, 1120), c(10000, 10100), correct = FALSE)
        var large = TwoProportionTest.Of(10_000, 1000, 10_100, 1120).ShouldNotBeNull();
        large.Z.ShouldBeWithin(1e-12, 2.5134326526578028016);
        large.P.ShouldBeWithin(1e-11, 0.0119562603939412874);
        ShouldBe(large.IntervalAt(0.05), 0.0024015242905765701, 0.0193806539272452019);
    }

    [Fact]
    public void A_split_off_its_weights_is_a_mismatch_and_one_of_chance_is_not()
    {
        // chisq.test(counts, p = weights / sum(weights))$p.value
        var off = SampleRatio.Of([5200, 4800], [50, 50]);
        off.P.ShouldNotBeNull().ShouldBeWithin(1e-12, 6.3342483666239808e-05);
        off.IsMismatch.ShouldBeTrue();
        off.Expected.ShouldBe([5000, 5000]);

        SampleRatio.Of([821_588, 815_482], [1, 1]).P.ShouldNotBeNull().ShouldBeWithin(1e-11, 1.8217928726191858e-06);
        SampleRatio.Of([20, 30, 25, 25], [1, 1, 1, 1]).P.ShouldNotBeNull().ShouldBeWithin(1e-12, 0.57240670447087916);
        var fair = SampleRatio.Of([520, 240, 255], [2, 1, 1]);
        fair.P.ShouldNotBeNull().ShouldBeWithin(1e-12, 0.58886598540303869);
        fair.IsMismatch.ShouldBeFalse();
    }

    [Fact]
    public void A_split_of_a_few_says_nothing()
    {
        var few = SampleRatio.Of([9, 0], [1, 1]);
        few.P.ShouldBeNull();
        few.IsMismatch.ShouldBeFalse();
        SampleRatio.Of([0, 0], [1, 1]).P.ShouldBeNull();
        SampleRatio.Of([10, 0], [1, 1]).P.ShouldNotBeNull();
    }

    [Fact]
    public void Weights_that_are_none_are_refused()
    {
        Should.Throw<ArgumentException>(() => SampleRatio.Of([10, 10], [1, 0])).Message.ShouldContain("above 0, not 0");
        Should.Throw<ArgumentException>(() => SampleRatio.Of([10, 10], [1, double.NaN]));
        Should.Throw<ArgumentException>(() => SampleRatio.Of([10, 10], [1]));
        Should.Throw<ArgumentException>(() => SampleRatio.Of([10], [1]));
        Should.Throw<ArgumentException>(() => SampleRatio.Of([10, -1], [1, 1]));
    }

    [Fact]
    public void Adjusted_p_values_equal_those_of_R_in_the_order_given()
    {
        // p.adjust(p, "holm"), p.adjust(p, "BH")
        double[] five = [0.01, 0.02, 0.03, 0.04, 0.05];
        ShouldBe(MultipleComparisons.Holm(five), 0.05, 0.08, 0.09, 0.09, 0.09);
        ShouldBe(MultipleComparisons.BenjaminiHochberg(five), 0.05, 0.05, 0.05, 0.05, 0.05);

        double[] tied = [0.03, 0.001, 0.03, 0.8, 0.012, 1, 0, 0.001, 0.04];
        ShouldBe(MultipleComparisons.Holm(tied), 0.15, 0.008, 0.15, 1, 0.072, 1, 0, 0.008, 0.15);
        ShouldBe(MultipleComparisons.BenjaminiHochberg(tied), 0.045, 0.003, 0.045, 0.9, 0.027, 1, 0, 0.003, 0.0514285714285714346);
        tied[0].ShouldBe(0.03);
    }

    [Fact]
    public void One_p_value_is_its_own_adjustment_and_none_give_none()
    {
        MultipleComparisons.Holm([]).ShouldBeEmpty();
        MultipleComparisons.BenjaminiHochberg([]).ShouldBeEmpty();
        MultipleComparisons.Holm([0.04]).ShouldBe([0.04]);
        MultipleComparisons.BenjaminiHochberg([0.04]).ShouldBe([0.04]);
        Should.Throw<ArgumentOutOfRangeException>(() => MultipleComparisons.Holm([0.1, double.NaN]));
        Should.Throw<ArgumentOutOfRangeException>(() => MultipleComparisons.BenjaminiHochberg([1.1]));
    }

    private static SampleMoments MomentsOf(params double[] values) =>
        values.Aggregate(SampleMoments.Empty, (moments, value) => moments.Add(value));

    private static void ShouldBe(Interval interval, double low, double high)
    {
        interval.Low.ShouldBeWithin(1e-11, low);
        interval.High.ShouldBeWithin(1e-11, high);
    }

    private static void ShouldBe(double[] actual, params double[] expected)
    {
        actual.Length.ShouldBe(expected.Length);
        for (var i = 0; i < expected.Length; i++)
            actual[i].ShouldBeWithin(1e-14, expected[i], $"at {i}");
    }
}
