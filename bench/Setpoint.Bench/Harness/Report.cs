using System.Globalization;
using System.Text;

namespace Setpoint.Bench.Harness;

/// <summary>The tables of one suite, for the screen and for bench/results.</summary>
internal sealed class Report(string name, string title)
{
    private readonly List<Section> _sections = [];
    private readonly List<string[]> _goals = [];
    private readonly string _machine = Machine.Describe();

    public string Name => name;

    public bool IsEmpty => _sections.Count == 0;

    public Section Table(string heading, params string[] columns)
    {
        var section = new Section(heading, columns);
        _sections.Add(section);
        return section;
    }

    /// <summary>Sets a figure beside its goal.</summary>
    public void Goal(string goal, string wanted, string measured, bool met) => _goals.Add([goal, wanted, measured, met ? "met" : "**not met**"]);

    public void GoalAtLeast(string goal, string what, Samples ratios, double atLeast) => Goal(
        goal, $"{what} >= {Number(atLeast)}", ratios.TextAndRange("0.00"), ratios.Median >= atLeast);

    /// <param name="floor">The floor's figure of the same run: on a loaded machine even the floor may miss an absolute goal.</param>
    public void GoalAtMost(string goal, string what, double value, double atMost, string unit = "", double? floor = null) => Goal(
        goal,
        $"{what} <= {Number(atMost)}{unit}",
        floor is { } least ? $"{Number(value)}{unit} (floor {Number(least)}{unit})" : $"{Number(value)}{unit}",
        value <= atMost);

    public void GoalOpen(string goal, string wanted, string why) => _goals.Add([goal, wanted, why, "not measured"]);

    public string ToMarkdown(BenchOptions options)
    {
        var text = new StringBuilder();
        text.Append("# ").AppendLine(title).AppendLine()
            .Append("Measured ").Append(_machine).AppendLine(".")
            .Append("Again: `dotnet run -c Release --project bench/Setpoint.Bench -- ").Append(name)
            .Append(options.Quick ? " --quick" : "").AppendLine(" --save`.");
        if (options.Quick)
            text.AppendLine("A quick run: few and short rounds, good for a look and not for a comparison.");
        if (_goals.Count > 0)
            new Section("Goals", ["goal", "wanted", "measured", ""]).AddAll(_goals).WriteTo(text);
        foreach (var section in _sections)
            section.WriteTo(text);
        return text.ToString();
    }

    private static string Number(double value) => value.ToString(Math.Abs(value) >= 100 ? "#,0" : "0.###", CultureInfo.InvariantCulture);

    internal sealed class Section(string heading, string[] columns)
    {
        private readonly List<string[]> _rows = [];
        private readonly List<string> _notes = [];

        public Section Row(params string[] cells)
        {
            if (cells.Length != columns.Length)
                throw new ArgumentException($"{cells.Length} cells in a table of {columns.Length} columns.", nameof(cells));
            _rows.Add(cells);
            return this;
        }

        public Section Note(string note)
        {
            _notes.Add(note);
            return this;
        }

        public Section AddAll(IEnumerable<string[]> rows)
        {
            _rows.AddRange(rows);
            return this;
        }

        public void WriteTo(StringBuilder text)
        {
            text.AppendLine().Append("## ").AppendLine(heading).AppendLine();
            var widths = columns.Select((column, i) => _rows.Select(row => row[i].Length).Append(column.Length).Max()).ToArray();
            WriteRow(text, columns, widths);
            WriteRow(text, [.. widths.Select(width => new string('-', width))], widths);
            foreach (var row in _rows)
                WriteRow(text, row, widths);
            if (_notes.Count > 0)
                text.AppendLine();
            foreach (var note in _notes)
                text.AppendLine(note);
        }

        private static void WriteRow(StringBuilder text, string[] cells, int[] widths)
        {
            for (var i = 0; i < cells.Length; i++)
                text.Append(i == 0 ? "| " : " | ").Append(cells[i].PadRight(widths[i]));
            text.AppendLine(" |");
        }
    }
}
