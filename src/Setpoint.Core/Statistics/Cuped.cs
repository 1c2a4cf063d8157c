namespace Setpoint.Core.Statistics;

/// <summary>
/// Variance reduction by what was known of the subjects before: Y' = Y - theta (X - mean(X)), theta = cov(X, Y) / var(X).
/// </summary>
/// <remarks>
/// A. Deng, Y. Xu, R. Kohavi, T. Walker, Improving the Sensitivity of Online Controlled Experiments by Utilizing Pre-Experiment Data,
/// WSDM 2013. Since arms are drawn at random, X has the same expectation in each, and the difference of the means of Y' estimates what
/// that of Y does, with a variance less by the squared correlation. One theta serves all arms (else arms would be compared after
/// different treatments); it is taken from the deviations inside the arms, so that the effect itself does not count into it.
/// </remarks>
/// <param name="Theta">0 where the covariate does not vary in every arm: then nothing is adjusted.</param>
/// <param name="CovariateMean">Over all arms.</param>
/// <param name="VarianceReduction">The part of the variance inside the arms that is gone, 0 to 1.</param>
internal sealed record Cuped(double Theta, double CovariateMean, double VarianceReduction)
{
    public static Cuped Of(ReadOnlySpan<SampleMoments> arms)
    {
        var all = SampleMoments.Empty;
        var (m2, covariateM2, coM2) = (0.0, 0.0, 0.0);
        var isInAll = true;
        foreach (ref readonly var arm in arms)
        {
            // An arm whose covariate was not recorded has zeros for it, and would be adjusted by the distance from zero.
            isInAll &= arm.CovariateM2 > 0;
            all = all.Merge(arm);
            m2 += arm.M2;
            covariateM2 += arm.CovariateM2;
            coM2 += arm.CoM2;
        }

        if (!isInAll || m2 == 0)
            return new(0, all.CovariateMean, 0);
        var theta = coM2 / covariateM2;
        return new(theta, all.CovariateMean, Math.Clamp(theta * (coM2 / m2), 0, 1));
    }

    /// <summary>An arm's moments after the adjustment.</summary>
    public SampleMoments Adjust(in SampleMoments arm) => arm.Adjusted(Theta, CovariateMean);
}
