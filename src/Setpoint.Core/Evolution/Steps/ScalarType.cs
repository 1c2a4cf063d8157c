using Setpoint.Core.Json;

namespace Setpoint.Core.Evolution.Steps;

/// <summary>The types that a <see cref="ConvertStep"/> knows.</summary>
internal enum ScalarType
{
    Integer,
    Number,
    String,
    Boolean,
}

/// <summary>What belongs to a <see cref="ScalarType"/>, and what can become one without a loss.</summary>
internal static class ScalarTypes
{
    public static readonly string[] Names = [JsonTypes.Integer, JsonTypes.Number, JsonTypes.String, JsonTypes.Boolean];

    public static ScalarType? Parse(string name) => Array.IndexOf(Names, name) is var index and >= 0 ? (ScalarType)index : null;

    /// <summary>With an article, for a sentence: "an integer".</summary>
    public static string Describe(this ScalarType type) => JsonTypes.Describe(Names[(int)type]);

    /// <summary>True if no value of the one type is ever one of the other: a number says nothing of true and false.</summary>
    public static bool Exclude(ScalarType from, ScalarType to) =>
        (from == ScalarType.Boolean && to is ScalarType.Integer or ScalarType.Number) || (to == ScalarType.Boolean && from is ScalarType.Integer or ScalarType.Number);

    /// <summary>As JSON Schema sees it: 5.0 and 1e3 are integers.</summary>
    public static bool Holds(this ScalarType type, JsonValue value) => (type, value) switch
    {
        (ScalarType.Integer, JsonNumber number) => number.IsInteger,
        (ScalarType.Number, JsonNumber) => true,
        (ScalarType.String, JsonString) => true,
        (ScalarType.Boolean, JsonBoolean) => true,
        _ => false,
    };

    /// <summary>
    /// The value written as this type, or null if something would be lost: converting it back gives the same value, to the digit. A
    /// string becomes an integer only if it is plain digits, since programs that read "1e3" as text do not mean a thousand.
    /// </summary>
    public static JsonValue? Convert(this ScalarType to, JsonValue value) => (to, value) switch
    {
        (ScalarType.Integer, JsonString text) => JsonNumber.TryParse(text.Value, out var number) && !number.Text.AsSpan().ContainsAny('.', 'e', 'E') ? number : null,
        (ScalarType.Number, JsonString text) => JsonNumber.TryParse(text.Value, out var number) ? number : null,
        (ScalarType.String, JsonNumber number) => new JsonString(number.Text),
        (ScalarType.String, JsonBoolean boolean) => new JsonString(boolean.Value ? "true" : "false"),
        (ScalarType.Boolean, JsonString { Value: "true" }) => JsonBoolean.True,
        (ScalarType.Boolean, JsonString { Value: "false" }) => JsonBoolean.False,
        _ => null,
    };
}
