using Setpoint.Core.Json;
using Setpoint.Core.References;

namespace Setpoint.Core.Validation;

/// <summary>What may stand at a place that a schema marks as secret.</summary>
internal static class SecretPlace
{
    /// <summary>Why a value may not stand there; it does not say which.</summary>
    public static string Refusal(string path) => $"'{path}' is secret: its value must be a reference such as ${{secret:name}}, not the secret itself.";

    /// <summary>Nothing, one reference to a secret, or an object or array of such.</summary>
    public static bool Allows(JsonValue value) => value switch
    {
        JsonNull => true,
        JsonString text => ReferenceText.TryParse(text.Value, out var parsed, out _) && parsed.Whole is { IsOpaque: true },
        JsonArray array => array.Items.All(Allows),
        JsonObject members => Enumerable.Range(0, members.Count).All(i => Allows(members.ValueAt(i))),
        _ => false,
    };
}
