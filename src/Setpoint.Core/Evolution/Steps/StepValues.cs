using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Core.Evolution.Steps;

/// <summary>What steps ask of values.</summary>
internal static class StepValues
{
    /// <summary>True if a removal, or anything that could become one, is the value or lies in it.</summary>
    public static bool HoldsUnset(JsonValue value)
    {
        switch (value)
        {
            case JsonObject members:
                for (var i = 0; i < members.Count; i++)
                {
                    if (members.NameAt(i) == JsonMerge.Unset || HoldsUnset(members.ValueAt(i)))
                        return true;
                }

                return false;
            case JsonArray array:
                return array.Items.Any(HoldsUnset);
            default:
                return false;
        }
    }

    /// <summary>The value for a message: scalars as written, cut where they are long; else what it is.</summary>
    public static string Show(JsonValue value) => value.Kind >= JsonKind.Array ? JsonKinds.Describe(value.Kind) : Phrase.Clip(value.ToString());
}
