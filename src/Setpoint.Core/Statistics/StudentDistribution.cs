namespace Setpoint.Core.Statistics;

/// <summary>Student's t distribution; degrees of freedom need not be whole.</summary>
internal static class StudentDistribution
{
    private const int StepsMax = 200;

    /// <summary>
    /// P(|T| &gt; |t|) = I(df / (df + t^2); df / 2, 1/2) (Abramowitz and Stegun 26.7.1 with 26.5.27). Relative error at most
    /// 1e-11 + df 1e-16 for df >= 1: for large df all of the tail hangs on the last digits of df / (df + t^2).
    /// </summary>
    public static double TwoSided(double t, double df)
    {
        var square = t * t;
        var sum = df + square;
        return double.IsFinite(sum) ? BetaFunction.Regularized(df / 2, 0.5, df / sum, square / sum) : 0;
    }

    /// <summary>The t &gt; 0 with P(|T| &gt; t) = <paramref name="alpha"/>, for 0 &lt; alpha &lt; 1 and df &gt;= 1, with the same relative error.</summary>
    /// <remarks>
    /// 1. Double an upper bound from the normal quantile until it is beyond.
    /// 2. Newton's steps along the density; a step that leaves the bounds is replaced by halving them.
    /// 3. Done when a step no longer changes t.
    /// </remarks>
    public static double TwoSidedQuantile(double alpha, double df)
    {
        var t = -NormalDistribution.Quantile(alpha / 2);
        var (low, high) = (0.0, Math.Max(t, 1e-300));
        while (TwoSided(high, df) > alpha)
            high *= 2;

        for (var i = 0; i < StepsMax; i++)
        {
            var excess = TwoSided(t, df) - alpha;
            if (excess > 0)
                low = t;
            else
                high = t;
            var next = t + excess / (2 * Density(t, df));
            if (Math.Abs(next - t) <= 1e-15 * t)
                return next;
            t = next > low && next < high ? next : (low + high) / 2;
        }

        return t;
    }

    private static double Density(double t, double df) =>
        Math.Exp(-BetaFunction.Log(df / 2, 0.5) - 0.5 * Math.Log(df) - (df + 1) / 2 * BetaFunction.Log1p(t * t / df));
}
