using Setpoint.Core.Json;

namespace Setpoint.Core.Schemas;

/// <summary>Looks through the text of a schema without understanding it. May say that something is there which is not; never the reverse.</summary>
internal static class SchemaScan
{
    /// <summary>True if some <c>$ref</c> or <c>$dynamicRef</c> may name another document.</summary>
    public static bool LeadsOut(JsonValue schema) =>
        Any(schema, static (name, value) => name is "$ref" or "$dynamicRef" && value is JsonString target && !target.Value.StartsWith('#'));

    /// <summary>True if it may mark some value as secret; one that leads out may do so elsewhere.</summary>
    public static bool MayMarkSecrets(JsonValue schema) =>
        LeadsOut(schema) || Any(schema, static (name, value) => name == "secret" && value is JsonBoolean { Value: true });

    private static bool Any(JsonValue value, Func<string, JsonValue, bool> found)
    {
        switch (value)
        {
            case JsonObject members:
                for (var i = 0; i < members.Count; i++)
                {
                    if (found(members.NameAt(i), members.ValueAt(i)) || Any(members.ValueAt(i), found))
                        return true;
                }

                return false;
            case JsonArray array:
                foreach (var item in array.Items)
                {
                    if (Any(item, found))
                        return true;
                }

                return false;
            default:
                return false;
        }
    }
}
