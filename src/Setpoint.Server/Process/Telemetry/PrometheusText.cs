using System.Globalization;
using System.Text;

namespace Setpoint.Server.Process.Telemetry;

/// <summary>
/// Writes the Prometheus text format 0.0.4. Names follow OpenMetrics: underscores, the unit as a word, <c>_total</c> for counters.
/// </summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _output = new();

    public override string ToString() => _output.ToString();

    public void Write(MetricFamily family)
    {
        var name = NameOf(family.Instrument.Name, family.Instrument.Unit, family.Type);
        Head(name, family.Type, family.Instrument.Description ?? "");
        foreach (var series in family.Series)
        {
            switch (series.Cell)
            {
                case CountCell count:
                    Sample(name, series.Tags, count.Total);
                    break;
                case GaugeCell { Value: { } value }:
                    Sample(name, series.Tags, value);
                    break;
                case HistogramCell histogram:
                    Write(name, series.Tags, histogram);
                    break;
            }
        }
    }

    /// <summary>One figure that is read when it is asked for.</summary>
    public void Write(string name, MetricType type, string help, double value)
    {
        Head(name, type, help);
        Sample(name, [], value);
    }

    public void Head(string name, MetricType type, string help)
    {
        _output.Append("# HELP ").Append(name).Append(' ');
        foreach (var c in help)
            _output.Append(c switch { '\\' => @"\\", '\n' => @"\n", _ => c.ToString() });
        _output.Append("\n# TYPE ").Append(name).Append(' ').Append(type switch
        {
            MetricType.Counter => "counter",
            MetricType.Gauge => "gauge",
            MetricType.Histogram => "histogram",
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown type."),
        }).Append('\n');
    }

    public void Sample(string name, ReadOnlySpan<KeyValuePair<string, object?>> tags, double value, string? le = null)
    {
        _output.Append(name);
        if (tags.Length > 0 || le is not null)
        {
            _output.Append('{');
            foreach (var (key, text) in tags)
                Label(key, Convert.ToString(text, CultureInfo.InvariantCulture) ?? "");
            if (le is not null)
                Label("le", le);
            // In place of the last comma.
            _output[^1] = '}';
        }

        _output.Append(' ').Append(Number(value)).Append('\n');
    }

    /// <summary><c>setpoint.ledger.append_duration</c> in <c>s</c> is <c>setpoint_ledger_append_duration_seconds</c>.</summary>
    public static string NameOf(string instrument, string? unit, MetricType type)
    {
        var name = Word(instrument);
        var suffix = unit switch
        {
            null or "" or "1" => "",
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            // {read}, {commit}: what is counted, which the name says already.
            ['{', ..] => "",
            _ => "_" + Word(unit),
        };
        if (suffix.Length > 0 && !name.EndsWith(suffix, StringComparison.Ordinal))
            name += suffix;
        return type == MetricType.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    private void Write(string name, ReadOnlySpan<KeyValuePair<string, object?>> tags, HistogramCell histogram)
    {
        var counts = histogram.Counts();
        var below = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            below += counts[i];
            Sample(name + "_bucket", tags, below, i < histogram.Bounds.Length ? Number(histogram.Bounds[i]) : "+Inf");
        }

        Sample(name + "_sum", tags, histogram.Sum);
        Sample(name + "_count", tags, below);
    }

    private void Label(string name, string value)
    {
        _output.Append(Word(name)).Append("=\"");
        foreach (var c in value)
            _output.Append(c switch { '\\' => @"\\", '"' => "\\\"", '\n' => @"\n", _ => c.ToString() });
        _output.Append("\",");
    }

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Word(string name)
    {
        var word = new StringBuilder(name.Length);
        foreach (var c in name)
            word.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        return word.Length == 0 || char.IsAsciiDigit(word[0]) ? "_" + word : word.ToString();
    }
}
