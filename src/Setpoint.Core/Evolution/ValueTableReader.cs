using System.Collections.Immutable;
using Setpoint.Core.Evolution.Steps;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.References;

namespace Setpoint.Core.Evolution;

/// <summary>Reads the table of a <see cref="MapStep"/>: pairs of an old and a new value, each old value once.</summary>
internal readonly ref struct ValueTableReader(Address address, string path, ViolationList violations)
{
    /// <summary>The pairs; default if anything is wrong with the table.</summary>
    public ImmutableArray<(JsonValue Old, JsonValue New)> Read(JsonValue? table)
    {
        if (table is not JsonArray { Items.Length: > 0 } array)
        {
            violations.Add(address, path, table is null ? ViolationCode.MissingRequiredParameter : ViolationCode.InvalidParameterType,
                "'map' needs 'values', an array of at least one pair [old value, new value].");
            return default;
        }

        var pairs = ImmutableArray.CreateBuilder<(JsonValue, JsonValue)>(array.Items.Length);
        var seen = new Dictionary<JsonValue, int>();
        for (var i = 0; i < array.Items.Length; i++)
        {
            if (array.Items[i] is not JsonArray { Items: [var old, var @new] })
                Note(i, ViolationCode.InvalidParameterType, "An entry of 'values' is a pair [old value, new value].");
            else if (StepValues.HoldsUnset(old) || StepValues.HoldsUnset(@new))
                Note(i, ViolationCode.ConstraintViolation, $"'{JsonMerge.Unset}' removes and is no value; removals stay as they are.");
            else if (ReferenceText.Refers(old) || ReferenceText.Refers(@new))
                Note(i, ViolationCode.ConstraintViolation, "A table holds no references: their values come from elsewhere. Write the values themselves.");
            else if (!seen.TryAdd(old, i))
                Note(i, ViolationCode.ConstraintViolation, $"{StepValues.Show(old)} has a new value already, in entry {seen[old]}.");
            else
                pairs.Add((old, @new));
        }

        return pairs.Count == array.Items.Length ? pairs.MoveToImmutable() : default;
    }

    private void Note(int index, string code, string message) => violations.Add(address, $"{path}/{index}", code, message);
}
