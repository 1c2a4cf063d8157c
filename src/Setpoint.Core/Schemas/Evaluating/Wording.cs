using System.Globalization;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Core.Schemas.Evaluating;

/// <summary>Parts of sentences.</summary>
internal static class Wording
{
    private const int ListedMax = 10;

    /// <summary>A scalar as JSON, cut where it is long; an array or object by its kind.</summary>
    public static string Show(JsonValue value) => value switch
    {
        JsonString text => $"\"{Phrase.Clip(text.Value)}\"",
        JsonNumber number => Phrase.Clip(number.Text),
        JsonArray or JsonObject => JsonKinds.Describe(value.Kind),
        _ => value.ToString(),
    };

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
}
