namespace Setpoint.Core.Statistics;

/// <summary>The difference of two conversion rates, looked at once.</summary>
/// <param name="Difference">Treatment less control.</param>
/// <param name="StandardError">Unpooled; that of the interval.</param>
/// <param name="Z">The difference in pooled standard errors.</param>
/// <param name="P">Two-sided.</param>
/// <remarks>
/// The p-value pools both arms, since the hypothesis is that they share one rate; the interval does not, since it speaks of rates that
/// differ. So the two may disagree by a hair at the border. J. L. Fleiss, B. Levin, M. C. Paik, Statistical Methods for Rates and
/// Proportions, 3rd ed. (2003), chapter 3; no continuity correction: R's prop.test with correct = FALSE.
/// </remarks>
internal sealed record TwoProportionTest(double Difference, double StandardError, double Z, double P)
{
    /// <summary>z = (p(t) - p(c)) / sqrt(p (1 - p) (1 / n(t) + 1 / n(c))), p = (x(t) + x(c)) / (n(t) + n(c)).</summary>
    /// <returns>Null where there is no test: an arm is empty, or all of both arms did the same.</returns>
    public static TwoProportionTest? Of(long controlCount, long controlSuccesses, long treatmentCount, long treatmentSuccesses)
    {
        if (controlCount == 0 || treatmentCount == 0)
            return null;
        var pooled = ((double)controlSuccesses + treatmentSuccesses) / ((double)controlCount + treatmentCount);
        if (pooled is 0 or 1)
            return null;

        var control = (double)controlSuccesses / controlCount;
        var treatment = (double)treatmentSuccesses / treatmentCount;
        var difference = treatment - control;
        var z = difference / Math.Sqrt(pooled * (1 - pooled) * (1.0 / controlCount + 1.0 / treatmentCount));
        var error = Math.Sqrt(control * (1 - control) / controlCount + treatment * (1 - treatment) / treatmentCount);
        return new(difference, error, z, NormalDistribution.TwoSided(z));
    }

    /// <summary>Wald's interval. Holds the true difference with probability 1 - alpha, if it is asked once, at a size planned before.</summary>
    public Interval IntervalAt(double alpha) => Interval.Around(Difference, StandardError * -NormalDistribution.Quantile(alpha / 2));
}
