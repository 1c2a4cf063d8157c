using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Core.Ledger;

/// <summary>Reads the known properties of a document, or of an object inside one, and reports every wrong or unknown one.</summary>
/// <param name="address">The document.</param>
/// <param name="body">The object that is read.</param>
/// <param name="violations">Where problems are reported.</param>
/// <param name="path">JSON Pointer of the object in the document; empty for the document itself.</param>
public ref struct ShapeReader(Address address, JsonObject body, ViolationList violations, string path = "")
{
    private readonly HashSet<string> _known = [];

    /// <summary>The property as it is; null if it is absent or null.</summary>
    public readonly JsonValue? OptionalValue(string name) => Read(name);

    public readonly string? OptionalString(string name) => Read(name) switch
    {
        null => null,
        JsonString text => text.Value,
        var other => Wrong<string>(name, "a string", other),
    };

    /// <summary>An integer from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public readonly long OptionalInteger(string name, long min, long max, long fallback)
    {
        switch (Read(name))
        {
            case null:
                return fallback;
            case JsonNumber number when number.TryGetInt64(out var value) && value >= min && value <= max:
                return value;
            case JsonNumber number:
                violations.Add(address, PathOf(name), ViolationCode.ConstraintViolation, $"'{name}' is {number.Text}; it must be an integer from {min} to {max}.");
                return fallback;
            case var other:
                return WrongValue(name, "an integer", other, fallback);
        }
    }

    /// <summary>A value of any type, which must be there.</summary>
    public readonly JsonValue? Required(string name)
    {
        var found = Read(name);
        if (found is null)
            violations.Add(address, PathOf(name), ViolationCode.MissingRequiredParameter, $"'{name}' is required.");
        return found;
    }

    public readonly string? RequiredString(string name, int lengthMax)
    {
        var text = OptionalString(name);
        if (text is { Length: > 0 } && text.Length <= lengthMax)
            return text;
        if (text is not null)
            violations.Add(address, PathOf(name), ViolationCode.ConstraintViolation, $"'{name}' has {text.Length} characters; 1 to {lengthMax} are allowed.");
        else if (Read(name) is null)
            violations.Add(address, PathOf(name), ViolationCode.MissingRequiredParameter, $"'{name}' is required and must be a string.");
        return null;
    }

    public readonly bool OptionalBoolean(string name, bool fallback) => Read(name) switch
    {
        null => fallback,
        JsonBoolean boolean => boolean.Value,
        var other => WrongValue(name, "true or false", other, fallback),
    };

    public readonly ImmutableArray<string> OptionalStrings(string name, int countMax, int lengthMax)
    {
        switch (Read(name))
        {
            case null:
                return [];
            case JsonArray array:
                if (array.Items.Length > countMax)
                    violations.Add(address, PathOf(name), ViolationCode.ConstraintViolation, $"'{name}' has {array.Items.Length} entries; the limit is {countMax}.");
                var texts = ImmutableArray.CreateBuilder<string>(array.Items.Length);
                for (var i = 0; i < array.Items.Length; i++)
                {
                    if (array.Items[i] is not JsonString { Value.Length: > 0 } text || text.Value.Length > lengthMax)
                        violations.Add(address, $"{PathOf(name)}/{i}", ViolationCode.InvalidParameterType, $"'{name}' entry {i} must be a string of 1 to {lengthMax} characters.");
                    else
                        texts.Add(text.Value);
                }

                return texts.ToImmutable();
            case var other:
                Wrong<object>(name, "an array of strings", other);
                return [];
        }
    }

    public readonly JsonObject? RequiredObject(string name)
    {
        switch (Read(name))
        {
            case JsonObject members:
                return members;
            case null:
                violations.Add(address, PathOf(name), ViolationCode.MissingRequiredParameter, $"'{name}' is required and must be an object.");
                return null;
            case var other:
                return Wrong<JsonObject>(name, "an object", other);
        }
    }

    public readonly JsonObject? OptionalObject(string name) => Read(name) switch
    {
        null => null,
        JsonObject members => members,
        var other => Wrong<JsonObject>(name, "an object", other),
    };

    public readonly JsonArray? OptionalArray(string name) => Read(name) switch
    {
        null => null,
        JsonArray array => array,
        var other => Wrong<JsonArray>(name, "an array", other),
    };

    /// <summary>Reports every property that was not asked for. Call it last.</summary>
    public readonly void RefuseUnknown()
    {
        for (var i = 0; i < body.Count; i++)
        {
            var name = body.NameAt(i);
            if (!_known.Contains(name))
            {
                violations.Add(address, PathOf(name), ViolationCode.MalformedDocument,
                    $"Property '{name}' is not known here; known are {string.Join(", ", _known.Order(StringComparer.Ordinal))}.");
            }
        }
    }

    private readonly string PathOf(string name) => path + JsonPointer.Of(name);

    private readonly JsonValue? Read(string name)
    {
        _known.Add(name);
        return body[name] is { } value and not JsonNull ? value : null;
    }

    private readonly T? Wrong<T>(string name, string wanted, JsonValue found) where T : class => WrongValue<T?>(name, wanted, found, null);

    private readonly T WrongValue<T>(string name, string wanted, JsonValue found, T fallback)
    {
        violations.Add(address, PathOf(name), ViolationCode.InvalidParameterType, $"'{name}' must be {wanted}, not {JsonKinds.Describe(found.Kind)}.");
        return fallback;
    }
}
