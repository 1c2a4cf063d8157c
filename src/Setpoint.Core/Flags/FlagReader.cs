using System.Collections.Frozen;
using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Flags;

/// <summary>Reads a flag's document and reports every way in which its shape is wrong.</summary>
internal sealed class FlagReader(Address address, JsonObject body, ViolationList violations)
{
    public const int VariantsMax = 256;
    public const int DependenciesMax = 32;
    public const int EnvironmentsMax = 256;
    private const int NameLengthMax = 256;

    private readonly HashSet<string> _variants = new(StringComparer.Ordinal);

    /// <summary>The flag; meaningless if something was reported.</summary>
    public Flag Read()
    {
        var shape = new ShapeReader(address, body, violations);
        var isLenient = shape.OptionalBoolean("lenient", fallback: false);
        var variants = ReadVariants(shape.Required("variants"), isLenient);
        var flag = new Flag(address.Segments.ElementAtOrDefault(1) ?? "", address.Segments.ElementAtOrDefault(2) ?? "", body)
        {
            Name = shape.OptionalString("name"),
            Description = shape.OptionalString("description"),
            Owner = shape.OptionalString("owner"),
            Tags = shape.OptionalStrings("tags", Limits.TagsMax, Limits.TagLengthMax),
            Type = ReadType(shape.OptionalString("type"), variants, isLenient),
            Variants = variants,
            VariantNames = ReadVariantNames(shape.OptionalValue("variantNames")),
            OffVariant = Known(shape.OptionalString("offVariant"), "/offVariant"),
            Dependencies = ReadDependencies(shape.OptionalValue("dependencies")),
            Metadata = ReadMetadata(shape.OptionalValue("metadata")),
            ExpectedRemoval = ReadDate(shape.OptionalString("expectedRemoval"), "/expectedRemoval"),
            Experiment = ReadObject(shape.OptionalValue("experiment"), ExperimentReader.Path) is { } experiment ? new ExperimentReader(this, experiment).Read() : null,
            IsLenient = isLenient,
            Settings = new SettingsReader(this, body, "").Read(ref shape),
            Environments = ReadEnvironments(shape.OptionalValue("environments")),
        };
        shape.RefuseUnknown();
        return flag with { Segments = SegmentScan.Of(flag.Settings, flag.Environments.Values) };
    }

    public void Refuse(string path, string code, string message) => violations.Add(address, path, code, message);

    public ShapeReader Shape(JsonObject members, string path) => new(address, members, violations, path);

    /// <summary>The name if there is such a variant; reports it if not.</summary>
    public string? Known(string? variant, string path)
    {
        // Where no variant can be read, that is the mistake.
        if (variant is null || _variants.Contains(variant) || _variants.Count == 0)
            return variant;
        Refuse(path, ViolationCode.UnknownReference, $"There is no variant '{FlagKeys.Clip(variant)}'; there are {FlagKeys.Clip(string.Join(", ", _variants))}.");
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

    private ImmutableArray<FlagVariant> ReadVariants(JsonValue? value, bool isLenient)
    {
        if (ReadObject(value, "/variants") is not { } members)
            return [];
        if (members.Count is 0 or > VariantsMax)
            Refuse("/variants", ViolationCode.ConstraintViolation, $"{members.Count} variants; 1 to {VariantsMax} are allowed.");
        var variants = ImmutableArray.CreateBuilder<FlagVariant>(members.Count);
        for (var i = 0; i < members.Count; i++)
        {
            var (name, held) = (members.NameAt(i), members.ValueAt(i));
            var path = "/variants" + JsonPointer.Of(name);
            // flagd takes any name that is not empty, and so does a flag that is held to flagd's rules alone.
            if (isLenient ? name.Length is 0 or > FlagKeys.LengthMax : !FlagKeys.IsValid(name))
                Refuse(path, ViolationCode.ConstraintViolation, FlagKeys.Explain("Variant", name));
            if (!isLenient && held is JsonArray or JsonNull)
                Refuse(path, ViolationCode.InvalidParameterType, $"Variant '{FlagKeys.Clip(name)}' is {JsonKinds.Describe(held.Kind)}; variants are booleans, strings, numbers or objects.");
            // A number that a double cannot hold would be another one to each caller.
            if (held is JsonNumber number && !double.IsFinite(number.ToDouble()))
                Refuse(path, ViolationCode.ConstraintViolation, $"Variant '{FlagKeys.Clip(name)}' is {FlagKeys.Clip(number.Text)}, beyond the range of a double.");
            _variants.Add(name);
            variants.Add(new(name, held));
        }

        return variants.ToImmutable();
    }

    private FlagType ReadType(string? named, ImmutableArray<FlagVariant> variants, bool isLenient)
    {
        FlagType? type = named switch
        {
            null => null,
            "boolean" => FlagType.Boolean,
            "string" => FlagType.String,
            "number" => FlagType.Number,
            "object" => FlagType.Object,
            _ => FlagType.Mixed,
        };
        if (type == FlagType.Mixed)
            Refuse("/type", ViolationCode.ConstraintViolation, $"'type' is '{FlagKeys.Clip(named!)}'; it must be boolean, string, number or object.");
        if (variants.IsEmpty)
            return FlagType.Boolean;

        var wanted = type ?? TypeOf(variants[0].Value);
        foreach (var variant in variants)
        {
            if (TypeOf(variant.Value) == wanted)
                continue;
            if (isLenient)
                return FlagType.Mixed;
            if (variant.Value is not (JsonArray or JsonNull))
            {
                Refuse("/variants" + JsonPointer.Of(variant.Name), ViolationCode.InvalidParameterType,
                    $"Variant '{FlagKeys.Clip(variant.Name)}' is {JsonKinds.Describe(variant.Value.Kind)}; {(type is null ? $"'{FlagKeys.Clip(variants[0].Name)}'" : "'type'")} says that this flag is {FlagTypes.Describe(wanted)}.");
            }
        }

        return wanted;
    }

    private static FlagType TypeOf(JsonValue value) => value.Kind switch
    {
        JsonKind.Boolean => FlagType.Boolean,
        JsonKind.String => FlagType.String,
        JsonKind.Number => FlagType.Number,
        JsonKind.Object => FlagType.Object,
        _ => FlagType.Mixed,
    };

    private FrozenDictionary<string, string> ReadVariantNames(JsonValue? value)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        if (ReadObject(value, "/variantNames") is not { } members)
            return FrozenDictionary<string, string>.Empty;
        for (var i = 0; i < members.Count; i++)
        {
            var path = "/variantNames" + JsonPointer.Of(members.NameAt(i));
            if (members.ValueAt(i) is not JsonString { Value.Length: > 0 and <= NameLengthMax } text)
                Refuse(path, ViolationCode.InvalidParameterType, $"The name of a variant is a string of 1 to {NameLengthMax} characters.");
            else if (Known(members.NameAt(i), path) is { } variant)
                names[variant] = text.Value;
        }

        return names.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private ImmutableArray<FlagDependency> ReadDependencies(JsonValue? value)
    {
        var dependencies = ImmutableArray.CreateBuilder<FlagDependency>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (i, item) in ReadItems(value, "/dependencies", DependenciesMax).Index())
        {
            var path = $"/dependencies/{i}";
            if (item is not JsonObject members)
            {
                Refuse(path, ViolationCode.InvalidParameterType, "A dependency is an object with 'flag' and 'variants'.");
                continue;
            }

            var shape = Shape(members, path);
            var key = shape.RequiredString("flag", FlagKeys.LengthMax);
            var variants = shape.OptionalStrings("variants", VariantsMax, FlagKeys.LengthMax);
            shape.RefuseUnknown();
            if (key is null)
                continue;
            if (!seen.Add(key))
                Refuse(path + "/flag", ViolationCode.ConstraintViolation, $"The flag '{FlagKeys.Clip(key)}' is named twice; give it all its variants once.");
            dependencies.Add(new(key, variants));
        }

        return dependencies.ToImmutable();
    }

    private JsonObject ReadMetadata(JsonValue? value)
    {
        var members = ReadObject(value, "/metadata") ?? JsonObject.Empty;
        for (var i = 0; i < members.Count; i++)
        {
            if (members.ValueAt(i) is not (JsonString or JsonNumber or JsonBoolean))
            {
                Refuse("/metadata" + JsonPointer.Of(members.NameAt(i)), ViolationCode.InvalidParameterType,
                    $"Metadata are strings, numbers and booleans, not {JsonKinds.Describe(members.ValueAt(i).Kind)}.");
            }
        }

        return members;
    }

    private FrozenDictionary<string, FlagSettings> ReadEnvironments(JsonValue? value)
    {
        var environments = new Dictionary<string, FlagSettings>(StringComparer.Ordinal);
        if (ReadObject(value, "/environments") is not { } members)
            return FrozenDictionary<string, FlagSettings>.Empty;
        if (members.Count > EnvironmentsMax)
            Refuse("/environments", ViolationCode.ConstraintViolation, $"{members.Count} environments; the limit is {EnvironmentsMax}.");
        for (var i = 0; i < members.Count; i++)
        {
            var name = members.NameAt(i);
            var path = "/environments" + JsonPointer.Of(name);
            if (ReadObject(members.ValueAt(i), path) is not { } settings)
                continue;
            var shape = Shape(settings, path);
            environments[name] = new SettingsReader(this, settings, path).Read(ref shape);
            shape.RefuseUnknown();
        }

        return environments.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
