namespace Setpoint.Core.Statistics;

/// <summary>
/// Intervals that hold at every sample size at once, so that one may look after each observation and stop when one likes.
/// </summary>
/// <remarks>
/// The asymptotic confidence sequence of I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy, A. Ramdas, Time-uniform central limit
/// theory and asymptotic confidence sequences, Annals of Statistics 52 (2024), arXiv:2103.06476, section 2 (Robbins' normal mixture): with
/// v = n rho^2,
/// <code>
/// mean +- sigma / sqrt(n) sqrt((v + 1) / v ln((v + 1) / alpha^2))
/// </code>
/// For the difference of the means of two randomised arms, which is the paper's AIPW estimator with a constant
/// regression, sigma / sqrt(n) is the standard error sqrt(s(t)^2 / n(t) + s(c)^2 / n(c)), and n counts both arms.
/// <para>
/// It is asymptotic: ask for a minimum sample before the first look.
/// </para>
/// <para>
/// Rho decides where the sequence is tightest; it must be chosen before the data. The half-width at n is least where, with w = v + 1,
/// d/dw [w / (w - 1) ln(w / alpha^2)] = 0, that is w = 1 + ln(w / alpha^2); in the paper w = -W(-alpha^2 / e) on Lambert's branch -1
/// (the appendix on tuning the mixture). There the critical value is sqrt(w): 3.04 at alpha 0.05, against 1.96 for a single look.
/// </para>
/// </remarks>
internal readonly record struct ConfidenceSequence
{
    private readonly double _alpha;
    private readonly double _rhoSquared;

    /// <param name="alpha">Strictly between 0 and 1.</param>
    /// <param name="plannedSample">The observations, of both arms, at which it shall be tightest; it holds at every other size too.</param>
    public ConfidenceSequence(double alpha, long plannedSample)
    {
        if (!(alpha > 0 && alpha < 1))
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Alpha is strictly between 0 and 1.");
        ArgumentOutOfRangeException.ThrowIfLessThan(plannedSample, 1);

        _alpha = alpha;
        _rhoSquared = (TightestAt(alpha) - 1) / plannedSample;
    }

    /// <summary>The half-width in standard errors after so many observations of both arms; infinite before the first.</summary>
    public double CriticalValue(long sample)
    {
        if (sample == 0)
            return double.PositiveInfinity;
        var v = sample * _rhoSquared;
        return Math.Sqrt((v + 1) / v * (Math.Log(v + 1) - 2 * Math.Log(_alpha)));
    }

    /// <summary>
    /// The least alpha whose interval, with this rho, leaves zero out: 1 / e-value of the mixture, sqrt(v + 1) exp(-z^2 v / (2 (v + 1))), at
    /// most 1. Under the hypothesis it falls to alpha or below at any time with probability alpha at most.
    /// </summary>
    /// <param name="z">The difference in standard errors.</param>
    /// <param name="sample">Observations of both arms.</param>
    public double P(double z, long sample)
    {
        var v = sample * _rhoSquared;
        return Math.Min(1, Math.Exp(0.5 * Math.Log(v + 1) - z * z * v / (2 * (v + 1))));
    }

    /// <summary>The fixed point w = 1 + ln w - 2 ln alpha above 1. The map shrinks by 1 / w, so some tens of steps reach the last digit.</summary>
    private static double TightestAt(double alpha)
    {
        var w = 1 - 2 * Math.Log(alpha);
        for (var i = 0; i < 1000; i++)
        {
            var next = 1 + Math.Log(w) - 2 * Math.Log(alpha);
            if (Math.Abs(next - w) <= 1e-15 * w)
                return next;
            w = next;
        }

        // Only alpha near 1 comes here, where the map hardly shrinks; any w above 1 is valid and this one is close.
        return w;
    }
}
