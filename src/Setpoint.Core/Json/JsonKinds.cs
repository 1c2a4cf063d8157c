namespace Setpoint.Core.Json;

/// <summary>Kinds of JSON values as words.</summary>
public static class JsonKinds
{
    /// <summary>With an article, for a sentence: "an object".</summary>
    public static string Describe(JsonKind kind) => kind switch
    {
        JsonKind.Null => "null",
        JsonKind.Boolean => "a boolean",
        JsonKind.Number => "a number",
        JsonKind.String => "a string",
        JsonKind.Array => "an array",
        JsonKind.Object => "an object",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown JSON kind."),
    };
}
