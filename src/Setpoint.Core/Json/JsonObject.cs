using System.Diagnostics.CodeAnalysis;

namespace Setpoint.Core.Json;

/// <summary>A JSON object. Properties keep the order in which they were written; names are unique and compared ordinally.</summary>
public sealed class JsonObject : JsonValue
{
    public static readonly JsonObject Empty = new(PropertyNames.None, []);

    private readonly PropertyNames _names;
    private readonly JsonValue[] _values;

    // 0 until asked for. Every thread that computes it finds the same number.
    private int _depth;

    /// <summary>Takes ownership of the array; the caller has checked that names are unique.</summary>
    internal JsonObject(PropertyNames names, JsonValue[] values)
    {
        _names = names;
        _values = values;
    }

    public override JsonKind Kind => JsonKind.Object;

    /// <inheritdoc/>
    public override int Depth => _depth != 0 ? _depth : _depth = DepthAround(_values);

    public int Count => _values.Length;

    /// <summary>True if both objects have the same names in the same order, known without a look at them: one was made from the other.</summary>
    internal bool SharesNamesWith(JsonObject other) => ReferenceEquals(_names, other._names);

    internal PropertyNames Names => _names;

    internal ReadOnlySpan<JsonValue> Values => _values;

    public string NameAt(int index) => _names[index];

    public JsonValue ValueAt(int index) => _values[index];

    /// <summary>The value of the property, or null (not <see cref="JsonNull"/>) if there is none.</summary>
    public JsonValue? this[string name] => TryGetValue(name, out var value) ? value : null;

    public bool TryGetValue(string name, [NotNullWhen(true)] out JsonValue? value)
    {
        var index = _names.IndexOf(name);
        value = index < 0 ? null : _values[index];
        return index >= 0;
    }

    public bool Contains(string name) => _names.IndexOf(name) >= 0;

    /// <summary>This object with the property set; a new property goes last. The receiver does not change.</summary>
    public JsonObject With(string name, JsonValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var index = _names.IndexOf(name);
        if (index >= 0)
        {
            if (ReferenceEquals(_values[index], value))
                return this;
            var values = (JsonValue[])_values.Clone();
            values[index] = value;
            return new(_names, values);
        }

        return new(new PropertyNames([.. _names.AsSpan(), name]), [.. _values, value]);
    }

    /// <summary>This object without the property; the receiver itself if it has none.</summary>
    public JsonObject Without(string name)
    {
        var index = _names.IndexOf(name);
        if (index < 0)
            return this;
        var names = _names.AsSpan();
        return new(
            new PropertyNames([.. names[..index], .. names[(index + 1)..]]),
            [.. _values.AsSpan(0, index), .. _values.AsSpan(index + 1)]);
    }

    /// <summary>
    /// The object with other values in the places of its own (null removes the property; no array keeps them all), then the added
    /// properties. Names are shared if none comes or goes.
    /// </summary>
    internal static JsonObject Rebuild(JsonObject before, JsonValue?[]? values, int removed, JsonObjectBuilder? added)
    {
        if (removed == 0 && added is null)
            return new(before.Names, values!);

        var count = before.Count - removed + (added?.Count ?? 0);
        if (count == 0)
            return JsonObject.Empty;
        var names = new string[count];
        var kept = new JsonValue[count];
        var at = 0;
        for (var i = 0; i < before.Count; i++)
        {
            var value = values is null ? before.ValueAt(i) : values[i];
            if (value is null)
                continue;
            names[at] = before.NameAt(i);
            kept[at++] = value;
        }

        added?.CopyTo(names.AsSpan(at), kept.AsSpan(at));
        return new(new PropertyNames(names), kept);
    }

    public override bool Equals(JsonValue? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is not JsonObject that || that.Count != Count)
            return false;
        if (that.SharesNamesWith(this))
            return that.Values.SequenceEqual(Values);
        for (var i = 0; i < _values.Length; i++)
        {
            if (!that.TryGetValue(_names[i], out var value) || !value.Equals(_values[i]))
                return false;
        }

        return true;
    }

    public override int GetHashCode()
    {
        // Order must not count, so the parts are added up.
        var hash = Count;
        for (var i = 0; i < _values.Length; i++)
            hash += HashCode.Combine(_names[i], _values[i]);
        return hash;
    }
}
