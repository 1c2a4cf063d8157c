using System.Globalization;

namespace Setpoint.Bench.Harness;

/// <summary>Measurements of one thing, one a round or one a repetition.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    public int Count => _values.Count;

    public double Min => _values.Count == 0 ? double.NaN : _values.Min();

    public double Max => _values.Count == 0 ? double.NaN : _values.Max();

    public double Median => Percentile(50);

    public IReadOnlyList<double> Values => _values;

    public void Add(double value) => _values.Add(value);

    public void AddAll(IEnumerable<double> values) => _values.AddRange(values);

    /// <summary>Linear between the two nearest; for the tail of large sets the difference is nothing.</summary>
    public double Percentile(double percent)
    {
        if (_values.Count == 0)
            return double.NaN;
        var sorted = _values.ToArray();
        Array.Sort(sorted);
        var position = percent / 100 * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (position - below));
    }

    /// <summary>Ours over the floor, round by round: neighbours' load falls on both halves of a round.</summary>
    public static Samples Ratios(Samples ours, Samples floor)
    {
        if (ours.Count != floor.Count)
            throw new InvalidOperationException($"{ours.Count} rounds of ours beside {floor.Count} of the floor have no ratio by round.");
        var ratios = new Samples();
        for (var i = 0; i < ours.Count; i++)
            ratios.Add(ours._values[i] / floor._values[i]);
        return ratios;
    }

    public string Text(string format) => Median.ToString(format, CultureInfo.InvariantCulture);

    public string Range(string format) =>
        $"{Min.ToString(format, CultureInfo.InvariantCulture)}..{Max.ToString(format, CultureInfo.InvariantCulture)}";

    public string TextAndRange(string format) => Count > 1 ? $"{Text(format)} ({Range(format)})" : Text(format);
}
