namespace Setpoint.Core.Statistics;

/// <summary>
/// p-values adjusted for how many were asked: comparing one with alpha bounds the errors of the whole family. In the order given; the
/// same as R's p.adjust.
/// </summary>
internal static class MultipleComparisons
{
    /// <summary>
    /// Bounds the probability of any false alarm, whatever the dependence. S. Holm, Scandinavian Journal of Statistics 6 (1979): the i-th
    /// smallest of m times m - i + 1, not less than those before it, at most 1.
    /// </summary>
    public static double[] Holm(ReadOnlySpan<double> p)
    {
        var order = Ascending(p);
        var adjusted = new double[p.Length];
        var floor = 0.0;
        for (var i = 0; i < order.Length; i++)
        {
            floor = Math.Max(floor, Math.Min(1, p[order[i]] * (p.Length - i)));
            adjusted[order[i]] = floor;
        }

        return adjusted;
    }

    /// <summary>
    /// Bounds the expected share of false alarms among the alarms, for independent or positively dependent metrics. Y. Benjamini,
    /// Y. Hochberg, J. Royal Statistical Society B 57 (1995): the i-th smallest of m times m / i, not more than those after it.
    /// </summary>
    public static double[] BenjaminiHochberg(ReadOnlySpan<double> p)
    {
        var order = Ascending(p);
        var adjusted = new double[p.Length];
        var ceiling = 1.0;
        for (var i = order.Length - 1; i >= 0; i--)
        {
            ceiling = Math.Min(ceiling, p[order[i]] * p.Length / (i + 1));
            adjusted[order[i]] = ceiling;
        }

        return adjusted;
    }

    private static int[] Ascending(ReadOnlySpan<double> p)
    {
        var keys = p.ToArray();
        var order = new int[p.Length];
        for (var i = 0; i < p.Length; i++)
        {
            if (!(p[i] >= 0 && p[i] <= 1))
                throw new ArgumentOutOfRangeException(nameof(p), p[i], "A p-value is from 0 to 1.");
            order[i] = i;
        }

        Array.Sort(keys, order);
        return order;
    }
}
