namespace Setpoint.Core.Statistics;

/// <summary>The standard normal distribution.</summary>
internal static class NormalDistribution
{
    // Wichura's coefficients, highest power first.
    private static ReadOnlySpan<double> CentreNumerator =>
    [
        2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
        13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
    ];

    private static ReadOnlySpan<double> CentreDenominator =>
    [
        5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
        5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1,
    ];

    private static ReadOnlySpan<double> TailNumerator =>
    [
        7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
        3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
    ];

    private static ReadOnlySpan<double> TailDenominator =>
    [
        1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
        0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1,
    ];

    private static ReadOnlySpan<double> FarTailNumerator =>
    [
        2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
        0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
    ];

    private static ReadOnlySpan<double> FarTailDenominator =>
    [
        2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
        0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1,
    ];

    /// <summary>P(|Z| &gt; |z|) = erfc(|z| / sqrt 2) = Q(1/2, z^2 / 2) (DLMF 7.11.2). Relative error at most 1e-12 down to 1e-300.</summary>
    public static double TwoSided(double z) => GammaFunction.RegularizedUpper(0.5, z * z / 2);

    /// <summary>P(Z &lt;= z).</summary>
    public static double Cumulative(double z) => z < 0 ? TwoSided(z) / 2 : 1 - TwoSided(z) / 2;

    /// <summary>The z with P(Z &lt;= z) = p, for 0 &lt; p &lt; 1.</summary>
    /// <remarks>
    /// M. J. Wichura, Algorithm AS 241: The Percentage Points of the Normal Distribution, Applied Statistics 37 (1988), PPND16: rational
    /// approximations around 1/2, in the tails and in the far tails. Relative error about 1e-15.
    /// </remarks>
    public static double Quantile(double p)
    {
        if (!(p > 0 && p < 1))
            throw new ArgumentOutOfRangeException(nameof(p), p, "A probability strictly between 0 and 1 has a quantile.");

        var q = p - 0.5;
        if (Math.Abs(q) <= 0.425)
        {
            var centre = 0.180625 - q * q;
            return q * Polynomial(CentreNumerator, centre) / Polynomial(CentreDenominator, centre);
        }

        var r = Math.Sqrt(-Math.Log(q < 0 ? p : 1 - p));
        var z = r <= 5
            ? Polynomial(TailNumerator, r - 1.6) / Polynomial(TailDenominator, r - 1.6)
            : Polynomial(FarTailNumerator, r - 5) / Polynomial(FarTailDenominator, r - 5);
        return q < 0 ? -z : z;
    }

    private static double Polynomial(ReadOnlySpan<double> coefficients, double x)
    {
        var value = 0.0;
        foreach (var coefficient in coefficients)
            value = value * x + coefficient;
        return value;
    }
}
