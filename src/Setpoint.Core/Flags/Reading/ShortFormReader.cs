using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Flags.Reading;

/// <summary>Makes the full form of a short one and reports what is wrong with it.</summary>
/// <remarks>
/// What is wrong is left out of the full form or stands there as something harmless: the Gate looks at the rest of it, and must neither find
/// the same mistake again nor one that only follows from it.
/// </remarks>
internal sealed class ShortFormReader(JsonObject document, ViolationList violations)
{
    private const int EntriesMax = 1_000;
    private const int TextLengthMax = 256;

    // A short form has no address yet; violations are about the request.
    private static readonly Address Nowhere = FlagKind.AddressOf(Names.Global, "new");

    private readonly ViolationList _found = new();

    /// <summary>The full form; if something was reported, of what is right.</summary>
    public JsonObject Read()
    {
        var shape = new ShapeReader(Nowhere, document, _found);
        var full = new JsonObjectBuilder(12)
            .Add("name", shape.OptionalString("name"))
            .Add("description", shape.OptionalString("description"));
        var isEnabled = shape.OptionalBoolean("enabled", fallback: true);
        var rollout = ObjectOf(shape.OptionalValue("rollout"), "/rollout") ?? JsonObject.Empty;
        var variants = ArrayOf(shape.OptionalValue("variants"), "/variants");
        var dependencies = ArrayOf(shape.OptionalValue("dependencies"), "/dependencies");
        var tags = shape.OptionalStrings("tags", Limits.TagsMax, Limits.TagLengthMax);
        shape.RefuseUnknown();

        full.Add("state", isEnabled ? "enabled" : "disabled");
        var weights = variants.IsEmpty ? AddBoolean(full) : AddVariants(full, variants);
        AddRollout(full, rollout, weights);
        if (!dependencies.IsEmpty)
            full.Add("dependencies", new JsonArray([.. dependencies.Select(Dependency)]));
        if (!tags.IsEmpty)
            full.Add("tags", Texts(Some(tags, Limits.TagsMax)));
        foreach (var violation in _found.ToImmutable())
            violations.Add(violation with { Address = null });
        return full.Build();
    }

    private static JsonObject AddBoolean(JsonObjectBuilder full)
    {
        full.Add("variants", new JsonObjectBuilder(2).Add(ShortForm.On, true).Add(ShortForm.Off, false).Build())
            .Add("defaultVariant", ShortForm.Off)
            .Add("offVariant", ShortForm.Off);
        return new JsonObjectBuilder(1).Add(ShortForm.On, 1).Build();
    }

    private JsonObject AddVariants(JsonObjectBuilder full, ImmutableArray<JsonValue> variants)
    {
        var values = JsonObject.Empty;
        var names = JsonObject.Empty;
        var weights = JsonObject.Empty;
        var known = _found.Count;
        long sum = 0;
        for (var i = 0; i < variants.Length; i++)
        {
            var path = $"/variants/{i}";
            if (ObjectOf(variants[i], path) is not { } variant)
                continue;
            var shape = new ShapeReader(Nowhere, variant, _found, path);
            var id = shape.RequiredString("id", FlagKeys.LengthMax);
            var name = shape.OptionalString("name");
            var weight = shape.OptionalInteger("weight", 0, int.MaxValue, fallback: 0);
            var configuration = shape.OptionalValue("configuration") ?? JsonObject.Empty;
            shape.RefuseUnknown();
            if (configuration is not JsonObject)
            {
                Refuse(path + "/configuration", ViolationCode.InvalidParameterType, $"'configuration' must be an object, not {JsonKinds.Describe(configuration.Kind)}.");
                configuration = JsonObject.Empty;
            }

            if (name?.Length is 0 or > FlagReader.NameLengthMax)
            {
                Refuse(path + "/name", ViolationCode.ConstraintViolation, $"'name' has {name.Length} characters; 1 to {FlagReader.NameLengthMax} are allowed.");
                name = null;
            }

            if (id is null)
                continue;
            if (!FlagKeys.IsValid(id))
            {
                Refuse(path + "/id", ViolationCode.ConstraintViolation, FlagKeys.Explain("Variant", id));
                continue;
            }

            if (values.Contains(id))
            {
                Refuse(path + "/id", ViolationCode.ConstraintViolation, $"Two variants have the id '{FlagKeys.Clip(id)}'.");
                continue;
            }

            sum += weight;
            values = values.With(id, configuration);
            weights = weights.With(id, JsonNumber.Of(weight));
            if (name is not null)
                names = names.With(id, new JsonString(name));
        }

        // The sum of what could not be read is nothing to tell.
        if (_found.Count == known && sum is 0 or > int.MaxValue)
            Refuse("/variants", ViolationCode.ConstraintViolation, $"The weights add up to {sum}; the sum must be 1 to {int.MaxValue}.");
        if (values.Count == 0)
            return AddBoolean(full);
        full.Add("variants", values);
        if (names.Count > 0)
            full.Add("variantNames", names);
        return _found.Count == known ? weights : Equal(values);
    }

    private static JsonObject Equal(JsonObject variants)
    {
        var weights = new JsonObjectBuilder(variants.Count);
        for (var i = 0; i < variants.Count; i++)
            weights.Add(variants.NameAt(i), 1);
        return weights.Build();
    }

    private void AddRollout(JsonObjectBuilder full, JsonObject rollout, JsonObject weights)
    {
        var shape = new ShapeReader(Nowhere, rollout, _found, "/rollout");
        var percentage = shape.OptionalValue("percentage");
        var groups = shape.OptionalStrings("userGroups", EntriesMax, TextLengthMax);
        var regions = shape.OptionalStrings("regions", EntriesMax, TextLengthMax);
        var start = Date(shape.OptionalString("startDate"), "/rollout/startDate");
        var end = Date(shape.OptionalString("endDate"), "/rollout/endDate");
        shape.RefuseUnknown();
        if (Rfc3339.TryParse(start, out var from) && Rfc3339.TryParse(end, out var to) && from >= to)
        {
            Refuse("/rollout/endDate", ViolationCode.ConstraintViolation, "'endDate' is not after 'startDate'; the flag would never be on.");
            end = null;
        }

        if (percentage is not null && !FlagSplit.TryReadPercentage(percentage, out _))
        {
            Refuse("/rollout/percentage", ViolationCode.ConstraintViolation, $"'percentage' is {FlagKeys.Clip(percentage.ToString())}; it must be a number from 0 to 100 with at most three decimals.");
            percentage = null;
        }

        var split = new JsonObjectBuilder(2);
        if (percentage is JsonNumber { Text: not "100" })
            split.Add("percentage", percentage);
        var served = split.Add("weights", weights).Build();
        if (groups.IsEmpty && regions.IsEmpty)
        {
            full.Add("split", served);
        }
        else
        {
            var conditions = ImmutableArray.CreateBuilder<JsonValue>(2);
            if (!groups.IsEmpty)
                conditions.Add(In("userGroup", Some(groups, EntriesMax)));
            if (!regions.IsEmpty)
                conditions.Add(In("region", Some(regions, EntriesMax)));
            full.Add("rules", new JsonArray(
            [
                new JsonObjectBuilder(3)
                    .Add("name", ShortForm.AudienceRule)
                    .Add("when", JsonObject.Empty.With("and", new JsonArray(conditions.ToImmutable())))
                    .Add("serve", JsonObject.Empty.With("split", served))
                    .Build(),
            ]));
        }

        if (start is null && end is null)
            return;
        full.Add("schedule", new JsonObjectBuilder(2).Add("start", start).Add("end", end).Build());
    }

    private string? Date(string? text, string path)
    {
        if (text is null || Rfc3339.TryParse(text, out _))
            return text;
        Refuse(path, ViolationCode.ConstraintViolation, $"'{FlagKeys.Clip(text)}' is no date; {Rfc3339.Rule}.");
        return null;
    }

    /// <summary>That there are too many was reported.</summary>
    private static ImmutableArray<string> Some(ImmutableArray<string> values, int countMax) => values.Length > countMax ? values[..countMax] : values;

    private static JsonObject In(string attribute, ImmutableArray<string> values) => JsonObject.Empty.With(
        "in", new JsonArray([JsonObject.Empty.With("var", new JsonString(attribute)), Texts(values)]));

    private static JsonArray Texts(ImmutableArray<string> values) => new([.. values.Select(value => (JsonValue)new JsonString(value))]);

    private static JsonValue Dependency(JsonValue dependency) =>
        dependency is JsonString key ? JsonObject.Empty.With("flag", key) : dependency;

    private JsonObject? ObjectOf(JsonValue? value, string path)
    {
        if (value is null or JsonObject)
            return value as JsonObject;
        Refuse(path, ViolationCode.InvalidParameterType, $"This must be an object, not {JsonKinds.Describe(value.Kind)}.");
        return null;
    }

    private ImmutableArray<JsonValue> ArrayOf(JsonValue? value, string path)
    {
        if (value is null or JsonArray { Items.Length: <= EntriesMax })
            return (value as JsonArray)?.Items ?? [];
        Refuse(path, ViolationCode.InvalidParameterType, $"This must be an array of at most {EntriesMax} entries.");
        return [];
    }

    private void Refuse(string path, string code, string message) => _found.Add(address: null, path, code, message);
}
