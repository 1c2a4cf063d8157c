using System.Collections.Immutable;
using Setpoint.Core.Faults;

namespace Setpoint.Core.Statistics;

/// <summary>
/// What a sample leaves behind: count, mean and sum of squared deviations of a value, and the same of a covariate that was known before
/// the experiment, with their co-deviation. Immutable and eight numbers small; samples taken apart are merged without loss.
/// </summary>
/// <remarks>
/// One observation is merged like a sample of one. For samples a and b with d = mean(b) - mean(a):
/// <code>
/// n     = n(a) + n(b)
/// mean  = mean(a) + d n(b) / n
/// M2    = M2(a) + M2(b) + d^2 n(a) n(b) / n
/// C     = C(a) + C(b) + d(value) d(covariate) n(a) n(b) / n
/// </code>
/// B. P. Welford, Technometrics 4 (1962); T. F. Chan, G. H. Golub, R. J. LeVeque, COMPSTAT 1982; P. Pébay, SAND2008-6212 for C. Squares
/// are never subtracted, so nothing cancels. The means carry their rounding error along: without it, a million merges of values that
/// lie far from zero move a mean by a noticeable part of its standard error.
/// </remarks>
public readonly record struct SampleMoments
{
    /// <summary>Larger values are refused: squares of variances must stay finite.</summary>
    public const double MagnitudeMax = 1e50;

    private const int NumberCount = 8;

    private readonly CompensatedMean _mean;
    private readonly CompensatedMean _covariateMean;

    private SampleMoments(long count, CompensatedMean mean, double m2, CompensatedMean covariateMean, double covariateM2, double coM2)
    {
        Count = count;
        _mean = mean;
        M2 = m2;
        _covariateMean = covariateMean;
        CovariateM2 = covariateM2;
        CoM2 = coM2;
    }

    /// <summary>No observation; the default.</summary>
    public static SampleMoments Empty => default;

    public long Count { get; }

    /// <summary>0 where nothing was observed.</summary>
    public double Mean => _mean.Value;

    /// <summary>The sum of squared deviations from the mean.</summary>
    public double M2 { get; }

    /// <summary>The unbiased variance M2 / (n - 1); 0 below two observations.</summary>
    public double Variance => Count > 1 ? M2 / (Count - 1) : 0;

    public double CovariateMean => _covariateMean.Value;

    /// <summary>The covariate's sum of squared deviations; 0 where there is no covariate.</summary>
    public double CovariateM2 { get; }

    /// <summary>The sum of products of the deviations of value and covariate.</summary>
    public double CoM2 { get; }

    /// <summary>The moments of a conversion: how many of so many did it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 0 &lt;= successes &lt;= count.</exception>
    public static SampleMoments OfConversions(long count, long successes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, count);
        return count == 0
            ? Empty
            : new(count, new((double)successes / count, 0), (double)successes * (count - successes) / count, default, 0, 0);
    }

    /// <summary>With one observation more.</summary>
    /// <param name="value">Finite, at most <see cref="MagnitudeMax"/> in size. A conversion is 1 or 0.</param>
    /// <param name="covariate">Of the same subject, from before the experiment. Give it for every observation or for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number that is not finite, or too large.</exception>
    public SampleMoments Add(double value, double covariate = 0)
    {
        ThrowIfUnfit(value, nameof(value));
        ThrowIfUnfit(covariate, nameof(covariate));
        return Merge(new(1, new(value, 0), 0, new(covariate, 0), 0, 0));
    }

    /// <summary>Of both samples together. Commutative and associative up to rounding.</summary>
    public SampleMoments Merge(in SampleMoments other)
    {
        if (Count == 0)
            return other;
        if (other.Count == 0)
            return this;

        var count = checked(Count + other.Count);
        var share = (double)other.Count / count;
        var weight = Count * share;
        var delta = other._mean.Minus(_mean);
        var covariateDelta = other._covariateMean.Minus(_covariateMean);
        return new(
            count,
            _mean.Plus(delta * share),
            M2 + other.M2 + delta * delta * weight,
            _covariateMean.Plus(covariateDelta * share),
            CovariateM2 + other.CovariateM2 + covariateDelta * covariateDelta * weight,
            CoM2 + other.CoM2 + delta * covariateDelta * weight);
    }

    /// <summary>The moments of value - theta (covariate - centre); the covariate is used up by that.</summary>
    internal SampleMoments Adjusted(double theta, double centre)
    {
        // Cauchy and Schwarz keep the sum above zero; rounding may not.
        var m2 = Math.Max(0, M2 - 2 * theta * CoM2 + theta * theta * CovariateM2);
        return new(Count, _mean.Plus(-theta * _covariateMean.Minus(new(centre, 0))), m2, default, 0, 0);
    }

    /// <summary>To be stored: count, mean (high, low part), M2, covariate mean (high, low part), covariate M2, CoM2.</summary>
    public ImmutableArray<double> ToNumbers() =>
        [Count, _mean.High, _mean.Low, M2, _covariateMean.High, _covariateMean.Low, CovariateM2, CoM2];

    /// <summary>Reads what <see cref="ToNumbers"/> wrote; refuses what no sample can have.</summary>
    public static Result<SampleMoments> FromNumbers(ReadOnlySpan<double> numbers)
    {
        if (numbers.Length != NumberCount)
            return Unreadable($"moments are {NumberCount} numbers, not {numbers.Length}");
        foreach (var number in numbers)
        {
            if (!double.IsFinite(number))
                return Unreadable($"{number} is not a finite number");
        }

        var count = numbers[0];
        if (count < 0 || count > 1L << 53 || count != Math.Floor(count))
            return Unreadable($"a count is a whole number from 0 to 2^53, not {count}");
        var read = new SampleMoments((long)count, new(numbers[1], numbers[2]), numbers[3], new(numbers[4], numbers[5]), numbers[6], numbers[7]);
        if (read.Count == 0)
            return read == Empty ? read : Unreadable("without observations every number is 0");
        if (Math.Abs(read.Mean) > MagnitudeMax || Math.Abs(read.CovariateMean) > MagnitudeMax)
            return Unreadable($"a mean is at most {MagnitudeMax} in size");
        if (read.M2 < 0 || read.CovariateM2 < 0)
            return Unreadable("a sum of squares is not negative");
        if (read.Count == 1 && (read.M2, read.CovariateM2, read.CoM2) != (0, 0, 0))
            return Unreadable("one observation does not deviate from its mean");

        // |C| <= sqrt(M2(x) M2(y)), with room for rounding over 2^53 additions of the parts.
        if (Math.Abs(read.CoM2) > Math.Sqrt(read.M2) * Math.Sqrt(read.CovariateM2) * (1 + 1e-6))
            return Unreadable("value and covariate cannot vary together more than each varies by itself");
        return read;
    }

    private static Fault.Malformed Unreadable(string why) =>
        new($"These numbers are not the moments of a sample: {why}. Write them with ToNumbers.");

    private static void ThrowIfUnfit(double number, string name)
    {
        if (!(Math.Abs(number) <= MagnitudeMax))
            throw new ArgumentOutOfRangeException(name, number, $"An observation is a finite number of at most {MagnitudeMax} in size.");
    }

    /// <summary>A mean as the unevaluated sum of two numbers; the low one is what rounding left off the high one.</summary>
    private readonly record struct CompensatedMean(double High, double Low)
    {
        public double Value => High + Low;

        public double Minus(CompensatedMean other) => High - other.High + (Low - other.Low);

        /// <summary>D. E. Knuth's TwoSum (The Art of Computer Programming 2, 4.2.2), and the parts put in order again.</summary>
        public CompensatedMean Plus(double shift)
        {
            var sum = High + shift;
            var part = sum - High;
            var low = Low + (High - (sum - part) + (shift - part));
            var high = sum + low;
            return new(high, low - (high - sum));
        }
    }
}
