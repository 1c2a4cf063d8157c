using Setpoint.Core.Statistics;

namespace Setpoint.Core.Tests.Statistics;

/// <summary>
/// Against mpmath 1.2 with 40 digits: loggamma(x), gammainc(a, x, inf, regularized=True), log(beta(a, b)), erfc(z / sqrt(2)),
/// betainc(df / 2, 1/2, 0, df / (df + t^2), regularized=True) (above df = 1e5 the integral of the density), and against R 4.2's
/// qt(alpha / 2, df, lower.tail = FALSE) and scipy 1.10's stats.norm.ppf(p). The tolerances are those that the docstrings promise.
/// </summary>
public sealed class DistributionTests
{
    [Theory]
    [InlineData(0.5, 0.57236494292470009)]
    [InlineData(1.5, -0.12078223763524522)]
    [InlineData(2.5, 0.28468287047291916)]
    [InlineData(3, 0.69314718055994531)]
    [InlineData(9.99, 12.779315214350193)]
    [InlineData(10, 12.80182748008147)]
    [InlineData(10.5, 13.940625219403764)]
    [InlineData(100, 359.1342053695754)]
    [InlineData(1e4, 82099.717496442377)]
    [InlineData(1e7, 151180949.36947391)]
    public void The_logarithm_of_gamma_is_right(double x, double expected) => GammaFunction.Log(x).ShouldBeWithin(1e-13, expected);

    [Theory]
    [InlineData(0.5, 0, 1)]
    [InlineData(0.5, 1e-10, 0.99998871620832942)]
    [InlineData(0.5, 0.5, 0.3173105078629141)]
    [InlineData(0.5, 1.49, 0.084299272403259337)]
    [InlineData(0.5, 1.51, 0.082243466146606244)]
    [InlineData(0.5, 20, 2.539628589470865e-10)]
    [InlineData(0.5, 300, 1.6741679846917878e-132)]
    [InlineData(0.5, 680, 1.0341991197827858e-297)]
    [InlineData(1, 1, 0.36787944117144232)]
    [InlineData(1.5, 0.1, 0.9775892977616494)]
    [InlineData(1.5, 8, 0.0011339842897853227)]
    [InlineData(5, 3, 0.81526324452377207)]
    [InlineData(5, 30, 3.624300952061488e-9)]
    [InlineData(50, 40, 0.92966493334060505)]
    [InlineData(50, 120, 1.6008226793344829e-13)]
    [InlineData(1000, 1000, 0.49579475581978449)]
    [InlineData(1000, 1200, 1.2881606086281433e-9)]
    public void The_upper_tail_of_the_gamma_function_is_right(double a, double x, double expected) =>
        GammaFunction.RegularizedUpper(a, x).ShouldBeWithin(1e-12, expected);

    [Theory]
    [InlineData(0.5, 0.5, 1.1447298858494002)]
    [InlineData(2, 3, -2.4849066497880003)]
    [InlineData(0.5, 12, -0.65967472313785978)]
    [InlineData(500, 0.5, -2.5346891063280624)]
    [InlineData(5e6, 0.5, -7.1401092672744872)]
    [InlineData(20, 30, -33.968820791977383)]
    [InlineData(1e5, 1e5, -138633.92706134806)]
    public void The_logarithm_of_beta_is_right_also_where_gamma_would_cancel(double a, double b, double expected) =>
        BetaFunction.Log(a, b).ShouldBeWithin(1e-13, expected);

    [Theory]
    [InlineData(0, 5, 1)]
    [InlineData(1, 1, 0.5)]
    [InlineData(12.706204736432095, 1, 0.049999999998991306)]
    [InlineData(0.001, 3, 0.99926489496946094)]
    [InlineData(1e-8, 30, 0.9999999920873563)]
    [InlineData(2.5, 4.7, 0.057592159346867297)]
    [InlineData(2.2281388519649385, 10, 0.050000000001808669)]
    [InlineData(6, 10, 0.0001321088603547856)]
    [InlineData(40, 10, 2.2808577430857546e-12)]
    [InlineData(1.96, 100, 0.052778901366229666)]
    [InlineData(5, 1000, 6.7672563646486304e-7)]
    [InlineData(1.5, 12345.678, 0.13363997375805721)]
    [InlineData(10, 1e5, 1.5633015300207278e-23)]
    [InlineData(1.96, 1e6, 0.049996067585269791)]
    [InlineData(0.5, 1e7, 0.61707508845401508)]
    [InlineData(6, 1e7, 1.9732427333677835e-9)]
    [InlineData(1.96, 1e9, 0.049995790573729595)]
    [InlineData(double.PositiveInfinity, 5, 0)]
    public void The_tails_of_t_are_right_from_one_degree_of_freedom_to_a_billion(double t, double df, double expected)
    {
        StudentDistribution.TwoSided(t, df).ShouldBeWithin(1e-11 + df * 1e-16, expected);
        StudentDistribution.TwoSided(-t, df).ShouldBe(StudentDistribution.TwoSided(t, df));
    }

    [Theory]
    [InlineData(0.05, 1, 12.706204736174707)]
    [InlineData(0.05, 2.5, 3.5746548420036932)]
    [InlineData(0.05, 10, 2.2281388519862744)]
    [InlineData(0.01, 30, 2.7499956535672259)]
    [InlineData(0.2, 100, 1.2900747613465124)]
    [InlineData(0.05, 1e6, 1.9599663568141066)]
    [InlineData(1e-6, 5, 28.478473462984201)]
    [InlineData(0.999, 7, 0.0012987305550742464)]
    [InlineData(1e-10, 50, 8.1431172049003315)]
    public void The_quantiles_of_t_are_right(double alpha, double df, double expected)
    {
        var t = StudentDistribution.TwoSidedQuantile(alpha, df);

        t.ShouldBeWithin(1e-11 + df * 1e-16, expected);
        StudentDistribution.TwoSided(t, df).ShouldBeWithin(1e-11 + df * 1e-16, alpha);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.001, 0.99920211557217787)]
    [InlineData(0.5, 0.61707507745197379)]
    [InlineData(1, 0.3173105078629141)]
    [InlineData(1.7, 0.089130925517086087)]
    [InlineData(1.8, 0.071860638225851601)]
    [InlineData(1.959963984540054, 0.050000000000000022)]
    [InlineData(3, 0.0026997960632601891)]
    [InlineData(6, 1.9731752900753963e-9)]
    [InlineData(10, 1.5239706048321052e-23)]
    [InlineData(20, 5.5072482372124674e-89)]
    [InlineData(37, 1.1451142445049154e-299)]
    public void The_tails_of_the_normal_distribution_are_right(double z, double expected)
    {
        NormalDistribution.TwoSided(z).ShouldBeWithin(1e-12, expected);
        NormalDistribution.Cumulative(-z).ShouldBeWithin(1e-12, expected / 2);
        NormalDistribution.Cumulative(z).ShouldBeWithin(1e-15, 1 - expected / 2);
    }

    [Theory]
    [InlineData(1e-300, -37.0470962993612)]
    [InlineData(1e-20, -9.262340089798409)]
    [InlineData(1e-5, -4.264890793922825)]
    [InlineData(0.01, -2.3263478740408408)]
    [InlineData(0.025, -1.9599639845400545)]
    [InlineData(0.05, -1.6448536269514729)]
    [InlineData(0.1, -1.2815515655446004)]
    [InlineData(0.3, -0.5244005127080409)]
    [InlineData(0.5, 0)]
    [InlineData(0.6, 0.2533471031357997)]
    [InlineData(0.925, 1.4395314709384563)]
    [InlineData(0.95, 1.6448536269514722)]
    [InlineData(0.999, 3.090232306167813)]
    public void The_quantiles_of_the_normal_distribution_are_right(double p, double expected) =>
        NormalDistribution.Quantile(p).ShouldBeWithin(2e-15, expected);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_probability_of_zero_or_one_has_no_quantile(double p) =>
        Should.Throw<ArgumentOutOfRangeException>(() => NormalDistribution.Quantile(p));
}
