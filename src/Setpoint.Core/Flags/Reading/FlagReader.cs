using System.Collections.Frozen;
using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags.Segments;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Flags.Reading;

/// <summary>Reads a flag's document and reports every way in which its shape is wrong.</summary>
internal sealed class FlagReader(Address address, JsonObject body, ViolationList violations)
{
    public const int VariantsMax = 256;
    public const int DependenciesMax = 32;
    public const int EnvironmentsMax = 256;
    public const int NameLengthMax = 256;

    private readonly PartReader _parts = new(address, violations, "variant");

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
            OffVariant = _parts.Known(shape.OptionalString("offVariant"), "/offVariant"),
            Dependencies = ReadDependencies(shape.OptionalValue("dependencies")),
            Metadata = ReadMetadata(shape.OptionalValue("metadata")),
            ExpectedRemoval = _parts.ReadDate(shape.OptionalString("expectedRemoval"), "/expectedRemoval"),
            Experiment = _parts.ReadObject(shape.OptionalValue("experiment"), ExperimentReader.Path) is { } experiment ? new ExperimentReader(_parts, experiment).Read() : null,
            IsLenient = isLenient,
            Settings = new SettingsReader(_parts, body, "").Read(ref shape),
            Environments = ReadEnvironments(shape.OptionalValue("environments")),
        };
        shape.RefuseUnknown();
        return flag with { Segments = SegmentScan.Of(flag.Settings, flag.Environments.Values) };
    }

    private ImmutableArray<FlagVariant> ReadVariants(JsonValue? value, bool isLenient)
    {
        if (_parts.ReadObject(value, "/variants") is not { } members)
            return [];
        if (members.Count is 0 or > VariantsMax)
            _parts.Refuse("/variants", ViolationCode.ConstraintViolation, $"{members.Count} variants; 1 to {VariantsMax} are allowed.");
        var variants = ImmutableArray.CreateBuilder<FlagVariant>(members.Count);
        for (var i = 0; i < members.Count; i++)
        {
            var (name, held) = (members.NameAt(i), members.ValueAt(i));
            var path = "/variants" + JsonPointer.Of(name);
            // flagd takes any name that is not empty, and so does a flag that is held to flagd's rules alone.
            if (isLenient ? name.Length is 0 or > FlagKeys.LengthMax : !FlagKeys.IsValid(name))
                _parts.Refuse(path, ViolationCode.ConstraintViolation, FlagKeys.Explain("Variant", name));
            if (!isLenient && held is JsonArray or JsonNull)
                _parts.Refuse(path, ViolationCode.InvalidParameterType, $"Variant '{FlagKeys.Clip(name)}' is {JsonKinds.Describe(held.Kind)}; variants are booleans, strings, numbers or objects.");
            // A number that a double cannot hold would be another one to each caller.
            if (held is JsonNumber number && !double.IsFinite(number.ToDouble()))
                _parts.Refuse(path, ViolationCode.ConstraintViolation, $"Variant '{FlagKeys.Clip(name)}' is {FlagKeys.Clip(number.Text)}, beyond the range of a double.");
            _parts.Add(name);
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
            _parts.Refuse("/type", ViolationCode.ConstraintViolation, $"'type' is '{FlagKeys.Clip(named!)}'; it must be boolean, string, number or object.");
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
                _parts.Refuse("/variants" + JsonPointer.Of(variant.Name), ViolationCode.InvalidParameterType,
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
        if (_parts.ReadObject(value, "/variantNames") is not { } members)
            return FrozenDictionary<string, string>.Empty;
        for (var i = 0; i < members.Count; i++)
        {
            var path = "/variantNames" + JsonPointer.Of(members.NameAt(i));
            if (members.ValueAt(i) is not JsonString { Value.Length: > 0 and <= NameLengthMax } text)
                _parts.Refuse(path, ViolationCode.InvalidParameterType, $"The name of a variant is a string of 1 to {NameLengthMax} characters.");
            else if (_parts.Known(members.NameAt(i), path) is { } variant)
                names[variant] = text.Value;
        }

        return names.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private ImmutableArray<FlagDependency> ReadDependencies(JsonValue? value)
    {
        var dependencies = ImmutableArray.CreateBuilder<FlagDependency>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (i, item) in _parts.ReadItems(value, "/dependencies", DependenciesMax).Index())
        {
            var path = $"/dependencies/{i}";
            if (item is not JsonObject members)
            {
                _parts.Refuse(path, ViolationCode.InvalidParameterType, "A dependency is an object with 'flag' and 'variants'.");
                continue;
            }

            var shape = _parts.Shape(members, path);
            var key = shape.RequiredString("flag", FlagKeys.LengthMax);
            var variants = shape.OptionalStrings("variants", VariantsMax, FlagKeys.LengthMax);
            shape.RefuseUnknown();
            if (key is null)
                continue;
            if (!seen.Add(key))
                _parts.Refuse(path + "/flag", ViolationCode.ConstraintViolation, $"The flag '{FlagKeys.Clip(key)}' is named twice; give it all its variants once.");
            dependencies.Add(new(key, variants, i));
        }

        return dependencies.ToImmutable();
    }

    private JsonObject ReadMetadata(JsonValue? value)
    {
        var members = _parts.ReadObject(value, "/metadata") ?? JsonObject.Empty;
        for (var i = 0; i < members.Count; i++)
        {
            if (members.ValueAt(i) is not (JsonString or JsonNumber or JsonBoolean))
            {
                _parts.Refuse("/metadata" + JsonPointer.Of(members.NameAt(i)), ViolationCode.InvalidParameterType,
                    $"Metadata are strings, numbers and booleans, not {JsonKinds.Describe(members.ValueAt(i).Kind)}.");
            }
        }

        return members;
    }

    private FrozenDictionary<string, FlagSettings> ReadEnvironments(JsonValue? value)
    {
        var environments = new Dictionary<string, FlagSettings>(StringComparer.Ordinal);
        if (_parts.ReadObject(value, "/environments") is not { } members)
            return FrozenDictionary<string, FlagSettings>.Empty;
        if (members.Count > EnvironmentsMax)
            _parts.Refuse("/environments", ViolationCode.ConstraintViolation, $"{members.Count} environments; the limit is {EnvironmentsMax}.");
        for (var i = 0; i < members.Count; i++)
        {
            var name = members.NameAt(i);
            var path = "/environments" + JsonPointer.Of(name);
            if (_parts.ReadObject(members.ValueAt(i), path) is not { } settings)
                continue;
            var shape = _parts.Shape(settings, path);
            environments[name] = new SettingsReader(_parts, settings, path).Read(ref shape);
            shape.RefuseUnknown();
        }

        return environments.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
