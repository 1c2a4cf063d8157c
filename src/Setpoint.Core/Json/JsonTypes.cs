using System.Globalization;

namespace Setpoint.Core.Json;

/// <summary>The names that JSON Schema gives to types, and which values are of which.</summary>
public static class JsonTypes
{
    public const string String = "string";
    public const string Number = "number";
    public const string Integer = "integer";
    public const string Boolean = "boolean";
    public const string Object = "object";
    public const string Array = "array";
    public const string Null = "null";

    /// <summary>Whether the value is of the type. A whole number is an integer however it is written: <c>1.0</c> and <c>1e3</c> are.</summary>
    public static bool Holds(string type, JsonValue value) => type switch
    {
        String => value is JsonString,
        Number => value is JsonNumber,
        Integer => value is JsonNumber { IsInteger: true },
        Boolean => value is JsonBoolean,
        Object => value is JsonObject,
        Array => value is JsonArray,
        Null => value is JsonNull,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown type."),
    };

    /// <summary>
    /// Whether a program that reads its configuration as text, as .NET does, can read this text as the type. Any text is a string; none is
    /// an object or an array.
    /// </summary>
    public static bool ReadsAs(string type, string text) => type switch
    {
        String => true,
        Number => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
        Integer => Int128.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _),
        Boolean => bool.TryParse(text, out _),
        Object or Array or Null => false,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown type."),
    };

    /// <summary>The narrowest type of a value.</summary>
    public static string Of(JsonValue value) => value switch
    {
        JsonString => String,
        JsonNumber number => number.IsInteger ? Integer : Number,
        JsonBoolean => Boolean,
        JsonObject => Object,
        JsonArray => Array,
        JsonNull => Null,
        _ => throw new ArgumentOutOfRangeException(nameof(value), value.Kind, "Unknown JSON kind."),
    };

    /// <summary>With an article, for a sentence: "an integer".</summary>
    public static string Describe(string type) => type switch
    {
        Null => "null",
        Object or Array or Integer => $"an {type}",
        _ => $"a {type}",
    };
}
