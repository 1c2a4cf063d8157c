using System.Globalization;
using System.Text;
using Setpoint.Core.Json;

namespace Setpoint.Core.Schemas.Evaluating;

/// <summary>The way to a place, as a stack of names and indexes; its text is made only where something is reported. Not thread-safe.</summary>
internal sealed class Trail
{
    private readonly List<(string? Name, int Index)> _segments = [];

    /// <summary>The innermost name; an index as text.</summary>
    public string Last => _segments[^1].Name ?? _segments[^1].Index.ToString(CultureInfo.InvariantCulture);

    public void Push(string name) => _segments.Add((name, 0));

    public void Push(int index) => _segments.Add((null, index));

    public void Pop() => _segments.RemoveAt(_segments.Count - 1);

    /// <summary>The JSON Pointer.</summary>
    public override string ToString()
    {
        if (_segments.Count == 0)
            return string.Empty;
        var text = new StringBuilder();
        foreach (var (name, index) in _segments)
        {
            if (name is null)
                text.Append('/').Append(index.ToString(CultureInfo.InvariantCulture));
            else
                JsonPointer.AppendSegment(text, name);
        }

        return text.ToString();
    }
}
