using Setpoint.Core.Json;

namespace Setpoint.Server.Configs.Formats;

/// <summary>A leaf where there is nothing but text: the same in every flat format.</summary>
internal static class FlatText
{
    public static string Of(JsonValue leaf) => leaf switch
    {
        JsonString text => text.Value,
        JsonNumber number => number.Text,
        JsonBoolean boolean => boolean.Value ? "true" : "false",
        // Nothing: null, and an object or array without anything in it.
        _ => "",
    };
}
