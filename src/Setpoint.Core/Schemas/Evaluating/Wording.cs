using System.Globalization;
using Setpoint.Core.Json;

namespace Setpoint.Core.Schemas.Evaluating;

/// <summary>Parts of sentences.</summary>
internal static class Wording
{
    private const int ShownMax = 64;
    private const int ListedMax = 10;

    /// <summary>A scalar as JSON, cut where it is long; an array or object by its kind.</summary>
    public static string Show(JsonValue value) => value switch
    {
        JsonString text => $"\"{Clip(text.Value)}\"",
        JsonNumber number => Clip(number.Text),
        JsonArray or JsonObject => JsonKinds.Describe(value.Kind),
        _ => value.ToString(),
    };

    public static string Clip(string text)
    {
        if (text.Length <= ShownMax)
            return text;
        // Not between the halves of a surrogate pair.
        var length = char.IsHighSurrogate(text[ShownMax - 1]) ? ShownMax - 1 : ShownMax;
        return string.Concat(text.AsSpan(0, length), "...");
    }

    /// <summary>"a", "a or b", "a, b or c", and how many more there are past ten.</summary>
    public static string Or(IReadOnlyList<string> options)
    {
        if (options.Count > ListedMax)
            return $"{string.Join(", ", options.Take(ListedMax))} or one of {Number(options.Count - ListedMax)} more";
        return options.Count switch
        {
            0 => "nothing",
            1 => options[0],
            _ => $"{string.Join(", ", options.Take(options.Count - 1))} or {options[^1]}",
        };
    }

    /// <summary>"1 item", "3 items".</summary>
    public static string Count(int count, string noun, string? plural = null) => $"{Number(count)} {(count == 1 ? noun : plural ?? noun + "s")}";

    public static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);

    /// <summary>The option that differs least from the name, or null if none is close: at most a third of the letters may differ.</summary>
    public static string? Closest(string name, IEnumerable<string> options)
    {
        if (name.Length is 0 or > ShownMax)
            return null;
        string? closest = null;
        var least = Math.Max(1, name.Length / 3) + 1;
        foreach (var option in options)
        {
            if (Math.Abs(option.Length - name.Length) >= least || option.Length > ShownMax)
                continue;
            var distance = Distance(name, option);
            if (distance >= least)
                continue;
            least = distance;
            closest = option;
        }

        return closest;
    }

    /// <summary>
    /// Edits from one text to the other, ignoring case: insert, delete, replace, swap neighbours (optimal string alignment; Damerau 1964).
    /// Both are at most <see cref="ShownMax"/> long.
    /// </summary>
    private static int Distance(string left, string right)
    {
        Span<int> room = stackalloc int[3 * (ShownMax + 1)];
        var width = right.Length + 1;
        var before = room[..width];
        var last = room.Slice(width, width);
        var row = room.Slice(2 * width, width);
        for (var j = 0; j < width; j++)
            last[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j < width; j++)
            {
                var replaced = last[j - 1] + (Same(left[i - 1], right[j - 1]) ? 0 : 1);
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, replaced);
                if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
            }

            var spare = before;
            before = last;
            last = row;
            row = spare;
        }

        return last[width - 1];
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
