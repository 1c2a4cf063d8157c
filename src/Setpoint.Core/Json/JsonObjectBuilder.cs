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

    /// <summary>Adds a property. The name must be new.</summary>
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

    /// <exception cref="InvalidOperationException">A name was added twice. Text never gets here: the reader refuses it.</exception>
    public JsonObject Build()
    {
        if (_names.Count == 0)
            return JsonObject.Empty;
        var names = PropertyNames.Of([.. _names], out var duplicate)
            ?? throw new InvalidOperationException($"Property '{_names[duplicate]}' was added twice.");
        return new(names, [.. _values]);
    }
}
