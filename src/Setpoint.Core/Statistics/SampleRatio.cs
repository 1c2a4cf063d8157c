using System.Collections.Immutable;

namespace Setpoint.Core.Statistics;

/// <summary>Whether the arms were seen in the proportion of their weights.</summary>
/// <param name="P">
/// That chance alone gives a split at least this far off; null where an arm expects fewer than <see cref="ExpectedMin"/> and the chi-square
/// distribution does not hold yet.
/// </param>
/// <param name="Expected">Exposures that each arm should have had, in the order of the arms.</param>
public sealed record SampleRatio(double? P, ImmutableArray<double> Expected)
{
    /// <summary>Below it the split is not one of chance. Strict, because it is looked at often, and because a mismatch discards all.</summary>
    public const double Threshold = 0.001;

    /// <summary>Five expected in each cell: W. G. Cochran, Biometrics 10 (1954).</summary>
    public const int ExpectedMin = 5;

    /// <summary>Something loses or favours users; no metric can be trusted.</summary>
    public bool IsMismatch => P < Threshold;

    /// <summary>
    /// Pearson's chi-square, sum of (seen - expected)^2 / expected with one degree of freedom less than arms. A. Fabijan and others,
    /// Diagnosing Sample Ratio Mismatch in Online Controlled Experiments, KDD 2019.
    /// </summary>
    /// <param name="counts">Exposures by arm.</param>
    /// <param name="weights">Greater than 0, in the same order; in any unit.</param>
    internal static SampleRatio Of(ReadOnlySpan<long> counts, ReadOnlySpan<double> weights)
    {
        if (counts.Length != weights.Length || counts.Length < 2)
            throw new ArgumentException($"A ratio takes two arms or more and a weight for each, not {counts.Length} and {weights.Length}.", nameof(weights));
        var (seen, weight) = (0.0, 0.0);
        for (var i = 0; i < counts.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(counts[i], nameof(counts));
            if (!(weights[i] > 0 && double.IsFinite(weights[i])))
                throw new ArgumentException($"A weight is a finite number above 0, not {weights[i]}.", nameof(weights));
            seen += counts[i];
            weight += weights[i];
        }

        var expected = ImmutableArray.CreateBuilder<double>(counts.Length);
        var chiSquare = 0.0;
        for (var i = 0; i < counts.Length; i++)
        {
            var due = seen * (weights[i] / weight);
            chiSquare += (counts[i] - due) * (counts[i] - due) / due;
            expected.Add(due);
        }

        var isKnown = expected.All(due => due >= ExpectedMin);
        return new(isKnown ? ChiSquareUpper(chiSquare, counts.Length - 1) : null, expected.MoveToImmutable());
    }

    /// <summary>P(X &gt; x) = Q(df / 2, x / 2) (Abramowitz and Stegun 26.4.2 with 26.4.19).</summary>
    internal static double ChiSquareUpper(double x, int df) => GammaFunction.RegularizedUpper(df / 2.0, x / 2);
}
