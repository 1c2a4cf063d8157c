using System.Runtime.InteropServices;

namespace Setpoint.Core.Json;

/// <summary>Collects properties and makes one <see cref="JsonObject"/> of them. Not thread-safe.</summary>
public sealed class JsonObjectBuilder
{
    private readonly List<string> _names;
    private readonly List<JsonValue> _values;

    public JsonObjectBuilder(int capacity = 4)
    {
        _names = new(capacity);
        _values = new(capacity);
    }

    public int Count => _names.Count;

    /// <summary>Adds a property. The caller guarantees that the name is new.</summary>
    public JsonObjectBuilder Add(string name, JsonValue value)
    {
        _names.Add(name);
        _values.Add(value);
        return this;
    }

    public JsonObjectBuilder Add(string name, string? value) => value is null ? this : Add(name, new JsonString(value));

    public JsonObjectBuilder Add(string name, long value) => Add(name, JsonNumber.Of(value));

    public JsonObjectBuilder Add(string name, bool value) => Add(name, JsonBoolean.Of(value));

    internal void CopyTo(Span<string> names, Span<JsonValue> values)
    {
        CollectionsMarshal.AsSpan(_names).CopyTo(names);
        CollectionsMarshal.AsSpan(_values).CopyTo(values);
    }

    public JsonObject Build() =>
        _names.Count == 0 ? JsonObject.Empty : new(new PropertyNames([.. _names]), [.. _values]);
}
