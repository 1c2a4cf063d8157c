using Setpoint.Core.Json;

namespace Setpoint.Core.Validation;

/// <summary>What may stand at a place that a schema marks as secret.</summary>
internal static class SecretPlace
{
    private static readonly string[] Providers = ["${secret:", "${vault:"];

    /// <summary>Nothing, one reference to a secret, or an object or array of such.</summary>
    public static bool Allows(JsonValue value) => value switch
    {
        JsonNull => true,
        JsonString text => IsSecretReference(text.Value),
        JsonArray array => array.Items.All(Allows),
        JsonObject members => Enumerable.Range(0, members.Count).All(i => Allows(members.ValueAt(i))),
        _ => false,
    };

    private static bool IsSecretReference(string text) =>
        Array.Exists(Providers, start => text.StartsWith(start, StringComparison.Ordinal))
        && text.IndexOf('}', StringComparison.Ordinal) == text.Length - 1;
}
