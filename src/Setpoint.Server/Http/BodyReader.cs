using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Server.Http;

/// <summary>
/// Takes the fields of a request's body by name and type. Collects what is wrong; <see cref="Finish"/> gives all of it, unknown fields
/// included, as one refusal.
/// </summary>
internal sealed class BodyReader(JsonObject body)
{
    // A handful: a list is looked through faster than a set is made.
    private readonly List<string> _known = new(4);
    private ViolationList? _violations;

    public string? String(string name) => Take(name, "a string", static value => (value as JsonString)?.Value);

    public string? RequiredString(string name)
    {
        var text = String(name);
        if (text is null && (body[name] is null or JsonNull))
            Missing(name, "a string");
        return text;
    }

    public JsonObject? Object(string name) => Take(name, "an object", static value => value as JsonObject);

    public JsonObject? RequiredObject(string name)
    {
        var members = Object(name);
        if (members is null && (body[name] is null or JsonNull))
            Missing(name, "an object");
        return members;
    }

    public JsonArray? RequiredArray(string name)
    {
        var array = Take(name, "an array", static value => value as JsonArray);
        if (array is null && (body[name] is null or JsonNull))
            Missing(name, "an array");
        return array;
    }

    /// <summary>A field of any type whose presence counts; null is a value.</summary>
    public JsonValue? RequiredValue(string name)
    {
        _known.Add(name);
        if (body.TryGetValue(name, out var value))
            return value;
        Missing(name, "a value");
        return null;
    }

    public bool Boolean(string name, bool fallback) =>
        Take(name, "true or false", static value => value is JsonBoolean boolean ? (bool?)boolean.Value : null) ?? fallback;

    /// <summary>A whole number, 0 or more.</summary>
    public long? Number(string name) => Take(name, "a whole number, 0 or more", static value =>
        value is JsonNumber number && number.TryGetInt64(out var found) && found >= 0 ? found : (long?)null);

    public ImmutableArray<string> Strings(string name)
    {
        if (Take(name, "an array of strings", static value => value as JsonArray) is not { } array)
            return [];
        foreach (var (i, item) in array.Items.Index())
        {
            if (item is not JsonString)
                (_violations ??= new()).Add(null, $"{JsonPointer.Of(name)}/{i}", ViolationCode.MalformedDocument, $"Entry {i} of '{name}' must be a string, not {JsonKinds.Describe(item.Kind)}.");
        }

        return [.. array.Items.OfType<JsonString>().Select(item => item.Value)];
    }

    /// <summary>These fields of a body, where it has them: for an endpoint that leaves the others to somebody else.</summary>
    public static JsonObject Pick(JsonObject body, params ReadOnlySpan<string> names)
    {
        var picked = new JsonObjectBuilder(names.Length);
        foreach (var name in names)
        {
            if (body.TryGetValue(name, out var value))
                picked.Add(name, value);
        }

        return picked.Build();
    }

    /// <summary>The refusal that names every wrong, missing or unknown field; null if there is none.</summary>
    public Fault? Finish()
    {
        for (var i = 0; i < body.Count; i++)
        {
            if (!_known.Contains(body.NameAt(i)))
                Report(body.NameAt(i), $"Field '{body.NameAt(i)}' is not known here; known are {string.Join(", ", _known.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}.");
        }

        if (_violations is null)
            return null;
        var found = _violations.ToImmutable();
        return new Fault.Malformed(found.Length == 1 ? found[0].Message : $"{found.Length} fields of the request are wrong; 'errors' lists each of them.", found);
    }

    private void Missing(string name, string wanted) => Report(name, $"Field '{name}' is required and must be {wanted}.");

    private void Report(string name, string message) =>
        (_violations ??= new()).Add(null, JsonPointer.Of(name).ToString(), ViolationCode.MalformedDocument, message);

    private T? Take<T>(string name, string wanted, Func<JsonValue, T?> read)
    {
        _known.Add(name);
        if (body[name] is not { } value || value is JsonNull)
            return default;
        var found = read(value);
        if (found is null)
            Report(name, $"Field '{name}' must be {wanted}, not {JsonKinds.Describe(value.Kind)}.");
        return found;
    }
}
