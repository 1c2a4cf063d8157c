using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Layers;

/// <summary><c>{"$unset": true}</c> removes what lower layers set. Anything else that looks like it is refused, since it would not do that.</summary>
internal static class UnsetMarkers
{
    public static void Check(Address address, string prefix, JsonObject config, ViolationList violations)
    {
        if (config.Contains(JsonMerge.UnsetName))
        {
            violations.Add(address, prefix, ViolationCode.ConstraintViolation,
                $"'{JsonMerge.UnsetName}' at the top would remove everything; remove the layers themselves instead.");
            return;
        }

        Walk(address, prefix, config, insideArray: false, violations);
    }

    private static void Walk(Address address, string path, JsonValue value, bool insideArray, ViolationList violations)
    {
        switch (value)
        {
            case JsonObject members:
                if (members.TryGetValue(JsonMerge.UnsetName, out _) && (insideArray || !JsonMerge.IsUnset(members)))
                {
                    violations.Add(address, path, ViolationCode.ConstraintViolation, insideArray
                        ? $"'{path}' holds '{JsonMerge.UnsetName}' inside an array; arrays are replaced as a whole, so write the array as it shall be."
                        : $"'{path}' holds '{JsonMerge.UnsetName}' with another value than true or beside other properties; write exactly {{\"{JsonMerge.UnsetName}\": true}}.");
                    return;
                }

                for (var i = 0; i < members.Count; i++)
                {
                    if (members.ValueAt(i) is JsonObject or JsonArray)
                        Walk(address, JsonPointer.Append(path, members.NameAt(i)), members.ValueAt(i), insideArray, violations);
                }

                break;
            case JsonArray array:
                for (var i = 0; i < array.Items.Length; i++)
                {
                    if (array.Items[i] is JsonObject or JsonArray)
                        Walk(address, $"{path}/{i}", array.Items[i], insideArray: true, violations);
                }

                break;
        }
    }
}
