using System.Diagnostics;

namespace Setpoint.Core.Statistics;

/// <summary>The logarithm of the beta function, and the regularised incomplete beta function.</summary>
/// <remarks>
/// Sources are the sections of the NIST Digital Library of Mathematical Functions (dlmf.nist.gov). <see cref="StudentDistribution"/>
/// says how exact they are for what it asks.
/// </remarks>
internal static class BetaFunction
{
    // The fraction takes some sqrt(max(a, b)) steps (Press et al., Numerical Recipes, section 6.4).
    private const int StepsMax = 100_000;

    private const double Tiny = 1e-300;

    /// <summary>ln B(a, b) for a, b &gt; 0.</summary>
    /// <remarks>
    /// ln gamma(a) + ln gamma(b) - ln gamma(a + b) loses seven digits where an argument is 1e6. Where Stirling's series holds its large
    /// terms are subtracted by hand, so that only small ones remain.
    /// </remarks>
    public static double Log(double a, double b)
    {
        var (small, large) = a < b ? (a, b) : (b, a);
        if (large < GammaFunction.StirlingMin)
            return GammaFunction.Log(small) + GammaFunction.Log(large) - GammaFunction.Log(small + large);

        var share = small / (small + large);
        var correction = GammaFunction.StirlingCorrection(large) - GammaFunction.StirlingCorrection(small + large);
        if (small < GammaFunction.StirlingMin)
            return GammaFunction.Log(small) + correction + small - small * Math.Log(small + large) + (large - 0.5) * Log1p(-share);
        return GammaFunction.LogSqrtTwoPi + GammaFunction.StirlingCorrection(small) + correction - 0.5 * Math.Log(large)
            + (small - 0.5) * Math.Log(share) + large * Log1p(-share);
    }

    /// <summary>I(x; a, b), the regularised incomplete beta function.</summary>
    /// <param name="x">0 to 1.</param>
    /// <param name="y">1 - x; the caller knows it without the rounding of a subtraction.</param>
    /// <remarks>
    /// 1. The continued fraction (8.17.22) converges fast below the mean (a + 1) / (a + b + 2).
    /// 2. Above, I(x; a, b) = 1 - I(y; b, a) (8.17.4).
    /// </remarks>
    public static double Regularized(double a, double b, double x, double y)
    {
        Debug.Assert(a > 0 && b > 0 && x >= 0 && y >= 0 && Math.Abs(x + y - 1) < 1e-12);

        if (x == 0)
            return 0;
        if (y == 0)
            return 1;
        return x < (a + 1) / (a + b + 2) ? Below(a, b, x, y) : 1 - Below(b, a, y, x);
    }

    /// <summary>ln(1 + x) without the rounding of 1 + x (Kahan's correction; exact to some ulps).</summary>
    public static double Log1p(double x)
    {
        var u = 1 + x;
        return u == 1 ? x : Math.Log(u) * (x / (u - 1));
    }

    private static double Below(double a, double b, double x, double y)
    {
        var logX = x < 0.5 ? Math.Log(x) : Log1p(-y);
        var logY = y < 0.5 ? Math.Log(y) : Log1p(-x);
        return Math.Exp(a * logX + b * logY - Log(a, b)) / a * Fraction(a, b, x);
    }

    /// <summary>Lentz's method, two terms of the fraction a step.</summary>
    private static double Fraction(double a, double b, double x)
    {
        var c = 1.0;
        var d = 1 / NotZero(1 - (a + b) * x / (a + 1));
        var fraction = d;
        for (var m = 1; m < StepsMax; m++)
        {
            var even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / NotZero(1 + even * d);
            c = NotZero(1 + even / c);
            fraction *= d * c;

            var odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / NotZero(1 + odd * d);
            c = NotZero(1 + odd / c);
            var step = d * c;
            fraction *= step;
            if (Math.Abs(step - 1) < 3e-16)
                return fraction;
        }

        throw new InvalidOperationException($"The continued fraction of I({x}; {a}, {b}) does not converge.");
    }

    private static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
}
