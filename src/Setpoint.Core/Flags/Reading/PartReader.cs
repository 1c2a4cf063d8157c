using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Flags.Reading;

/// <summary>
/// Reads parts of a document that chooses among names: the variants of a flag, the arms of a rollout. Reports what is wrong with them.
/// </summary>
/// <param name="noun">What is chosen, as messages call it.</param>
internal sealed class PartReader(Address address, ViolationList violations, string noun)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public void Refuse(string path, string code, string message) => violations.Add(address, path, code, message);

    public ShapeReader Shape(JsonObject members, string path) => new(address, members, violations, path);

    /// <summary>There is one of this name.</summary>
    public void Add(string name) => _names.Add(name);

    /// <summary>The name if there is one of it; reports it if not.</summary>
    public string? Known(string? name, string path)
    {
        // Where none can be read, that is the mistake.
        if (name is null || _names.Contains(name) || _names.Count == 0)
            return name;
        Refuse(path, ViolationCode.UnknownReference, $"There is no {noun} '{FlagKeys.Clip(name)}'; there are {FlagKeys.Clip(string.Join(", ", _names))}.");
        return null;
    }

    public DateTimeOffset? ReadDate(string? text, string path)
    {
        if (text is null)
            return null;
        if (Rfc3339.TryParse(text, out var date))
            return date;
        Refuse(path, ViolationCode.ConstraintViolation, $"'{FlagKeys.Clip(text)}' is no date; {Rfc3339.Rule}.");
        return null;
    }

    public ImmutableArray<JsonValue> ReadItems(JsonValue? value, string path, int countMax)
    {
        switch (value)
        {
            case null:
                return [];
            case JsonArray array when array.Items.Length <= countMax:
                return array.Items;
            case JsonArray array:
                Refuse(path, ViolationCode.ConstraintViolation, $"{array.Items.Length} entries; the limit is {countMax}.");
                return [];
            default:
                Refuse(path, ViolationCode.InvalidParameterType, $"This must be an array, not {JsonKinds.Describe(value.Kind)}.");
                return [];
        }
    }

    public JsonObject? ReadObject(JsonValue? value, string path)
    {
        if (value is null or JsonObject)
            return value as JsonObject;
        Refuse(path, ViolationCode.InvalidParameterType, $"This must be an object, not {JsonKinds.Describe(value.Kind)}.");
        return null;
    }
}
