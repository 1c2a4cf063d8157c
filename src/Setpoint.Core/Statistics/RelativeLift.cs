namespace Setpoint.Core.Statistics;

/// <summary>How much larger the treatment's mean is, as a part of the control's: 0.1 is 10 % more.</summary>
internal static class RelativeLift
{
    /// <summary>(mean(t) - mean(c)) / |mean(c)|; null where the control's mean is 0.</summary>
    public static double? Of(in SampleMoments control, in SampleMoments treatment) =>
        control.Mean == 0 ? null : (treatment.Mean - control.Mean) / Math.Abs(control.Mean);

    /// <summary>
    /// The interval by Fieller's theorem: every ratio r for which mean(t) - r mean(c) is within <paramref name="criticalValue"/>
    /// standard errors of zero.
    /// </summary>
    /// <remarks>
    /// With v = s^2 / n and critical value z, the bounds solve (c^2 - z^2 v(c)) r^2 - 2 t c r + (t^2 - z^2 v(t)) = 0. E. C. Fieller, Some
    /// Problems in Interval Estimation, J. Royal Statistical Society B 16 (1954). Taken before the delta method because it asks, for each
    /// ratio, only about one linear combination of the means: with the critical value of a confidence sequence it is always valid too.
    /// </remarks>
    /// <returns>Null where the control's mean cannot be told from zero: any lift is possible then.</returns>
    public static Interval? IntervalOf(in SampleMoments control, in SampleMoments treatment, double criticalValue)
    {
        if (control.Count == 0 || treatment.Count == 0)
            return null;
        var (c, t) = (control.Mean, treatment.Mean);
        var square = criticalValue * criticalValue;
        var (vc, vt) = (control.Variance / control.Count, treatment.Variance / treatment.Count);
        var leading = c * c - square * vc;
        if (!(leading > 0))
            return null;

        var root = criticalValue * Math.Sqrt(vt * leading + vc * t * t);
        var (first, second) = ((t * c - root) / leading, (t * c + root) / leading);

        // With a negative control "more" is a smaller ratio.
        return c > 0 ? new(first - 1, second - 1) : new(1 - second, 1 - first);
    }
}
