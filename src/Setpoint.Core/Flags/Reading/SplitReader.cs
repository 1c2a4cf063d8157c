using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Core.Flags.Reading;

/// <summary>Reads a split, of whatever document, and reports every way in which it is wrong.</summary>
internal sealed class SplitReader(PartReader reader)
{
    private const int NameLengthMax = 256;

    /// <summary>Null if it is absent, or no object.</summary>
    public FlagSplit? Read(JsonValue? value, string at)
    {
        if (reader.ReadObject(value, at) is not { } split)
            return null;
        var shape = reader.Shape(split, at);
        var by = shape.OptionalString("by");
        if (by?.Length is 0 or > NameLengthMax)
            reader.Refuse(at + "/by", ViolationCode.ConstraintViolation, $"'by' has {by.Length} characters; 1 to {NameLengthMax} are allowed. Leave it out for the targeting key.");
        var salt = shape.OptionalString("salt");
        if (salt?.Length > NameLengthMax)
            reader.Refuse(at + "/salt", ViolationCode.ConstraintViolation, $"'salt' has {salt.Length} characters; {NameLengthMax} are allowed.");
        var percentage = ReadPercentage(shape.OptionalValue("percentage"), at + "/percentage") ?? FlagSplit.Everyone;
        var weights = ReadWeights(shape.Required("weights"), at + "/weights");
        shape.RefuseUnknown();
        return new(by, salt, percentage, weights);
    }

    public int? ReadPercentage(JsonValue? value, string at)
    {
        if (value is null)
            return null;
        if (FlagSplit.TryReadPercentage(value, out var thousandths))
            return thousandths;
        var found = value is JsonNumber wrong ? FlagKeys.Clip(wrong.Text) : JsonKinds.Describe(value.Kind);
        reader.Refuse(at, ViolationCode.ConstraintViolation, $"'percentage' is {found}; it must be a number from 0 to 100 with at most three decimals.");
        return null;
    }

    private ImmutableArray<FlagWeight> ReadWeights(JsonValue? value, string at)
    {
        if (reader.ReadObject(value, at) is not { } members)
            return [];
        var before = members.Count;
        var weights = new List<FlagWeight>(members.Count);
        long sum = 0;
        for (var i = 0; i < members.Count; i++)
        {
            var name = members.NameAt(i);
            var here = at + JsonPointer.Of(name);
            if (members.ValueAt(i) is not JsonNumber number || !number.TryGetInt64(out var weight) || weight is < 0 or > int.MaxValue)
            {
                var found = members.ValueAt(i) is JsonNumber wrong ? FlagKeys.Clip(wrong.Text) : JsonKinds.Describe(members.ValueAt(i).Kind);
                reader.Refuse(here, ViolationCode.ConstraintViolation, $"The weight of '{FlagKeys.Clip(name)}' is {found}; it must be an integer from 0 to {int.MaxValue}.");
                continue;
            }

            sum += weight;
            if (reader.Known(name, here) is { } variant)
                weights.Add(new(variant, (int)weight));
        }

        if (weights.Count == before && sum is 0 or > int.MaxValue)
            reader.Refuse(at, ViolationCode.ConstraintViolation, $"The weights add up to {sum}; the sum must be 1 to {int.MaxValue}.");
        // Not as written: whoever sorts the properties of an object on the way must not move users.
        weights.Sort((left, right) => string.CompareOrdinal(left.Variant, right.Variant));
        return [.. weights];
    }
}
