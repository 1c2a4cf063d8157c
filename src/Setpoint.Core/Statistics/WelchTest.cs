namespace Setpoint.Core.Statistics;

/// <summary>The difference of two means whose variances need not be equal, looked at once.</summary>
/// <param name="Difference">Treatment less control.</param>
/// <param name="StandardError">sqrt(s(t)^2 / n(t) + s(c)^2 / n(c)).</param>
/// <param name="T">The difference in standard errors.</param>
/// <param name="DegreesOfFreedom">By Welch and Satterthwaite; seldom whole.</param>
/// <param name="P">Two-sided.</param>
internal sealed record WelchTest(double Difference, double StandardError, double T, double DegreesOfFreedom, double P)
{
    /// <summary>
    /// B. L. Welch, The generalization of "Student's" problem when several different population variances are involved, Biometrika 34
    /// (1947); with v = s^2 / n, df = (v(t) + v(c))^2 / (v(t)^2 / (n(t) - 1) + v(c)^2 / (n(c) - 1)) (F. E. Satterthwaite, 1946). The same
    /// as R's t.test.
    /// </summary>
    /// <returns>Null where there is no test: below two observations in an arm, or no variation in either.</returns>
    public static WelchTest? Of(in SampleMoments control, in SampleMoments treatment)
    {
        if (control.Count < 2 || treatment.Count < 2)
            return null;
        var (vc, vt) = (control.Variance / control.Count, treatment.Variance / treatment.Count);
        var sum = vc + vt;
        if (sum == 0)
            return null;

        var difference = treatment.Mean - control.Mean;
        var error = Math.Sqrt(sum);
        var t = difference / error;

        // As shares of the sum, so that squares of very small variances do not vanish.
        var (sc, st) = (vc / sum, vt / sum);
        var df = 1 / (sc * sc / (control.Count - 1) + st * st / (treatment.Count - 1));
        return new(difference, error, t, df, StudentDistribution.TwoSided(t, df));
    }

    /// <summary>Holds the true difference with probability 1 - alpha, if it is asked once, at a size planned before.</summary>
    public Interval IntervalAt(double alpha) =>
        Interval.Around(Difference, StandardError * StudentDistribution.TwoSidedQuantile(alpha, DegreesOfFreedom));
}
