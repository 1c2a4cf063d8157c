using Setpoint.Core.Json;

namespace Setpoint.Core.Schemas;

/// <summary>Looks for references of a schema without understanding it.</summary>
internal static class ReferenceScan
{
    /// <summary>
    /// True if some <c>$ref</c> or <c>$dynamicRef</c> may name another document. May say true of one that does not; never false of one that does.
    /// </summary>
    public static bool LeadsOut(JsonValue schema)
    {
        switch (schema)
        {
            case JsonObject members:
                for (var i = 0; i < members.Count; i++)
                {
                    if (members.NameAt(i) is "$ref" or "$dynamicRef" && members.ValueAt(i) is JsonString target && !target.Value.StartsWith('#'))
                        return true;
                    if (LeadsOut(members.ValueAt(i)))
                        return true;
                }

                return false;
            case JsonArray array:
                foreach (var item in array.Items)
                {
                    if (LeadsOut(item))
                        return true;
                }

                return false;
            default:
                return false;
        }
    }
}
