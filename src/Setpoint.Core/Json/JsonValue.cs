namespace Setpoint.Core.Json;

/// <summary>What a <see cref="JsonValue"/> is.</summary>
public enum JsonKind
{
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

/// <summary>
/// An immutable JSON value. Safe to share between threads and between snapshots.
/// </summary>
/// <remarks>
/// Equality is that of the fingerprint: property order does not count, number digits do (<c>0.10</c> is not <c>0.1</c>,
/// because the digits reach consumers as text). JsonComparison.SameValue compares numbers by value.
/// </remarks>
public abstract class JsonValue : IEquatable<JsonValue>
{
    private protected JsonValue()
    {
    }

    public abstract JsonKind Kind { get; }

    /// <summary>Levels of arrays and objects: 0 for a scalar, 1 for <c>[]</c>.</summary>
    public virtual int Depth => 0;

    public abstract bool Equals(JsonValue? other);

    private protected static int DepthAround(ReadOnlySpan<JsonValue> parts)
    {
        var deepest = 0;
        foreach (var part in parts)
            deepest = Math.Max(deepest, part.Depth);
        return deepest + 1;
    }

    public sealed override bool Equals(object? obj) => obj is JsonValue other && Equals(other);

    public abstract override int GetHashCode();

    /// <summary>The compact JSON text, properties in the order in which they were written.</summary>
    public sealed override string ToString() => JsonWriter.ToText(this);
}

/// <summary>The JSON value <c>null</c>.</summary>
public sealed class JsonNull : JsonValue
{
    public static readonly JsonNull Instance = new();

    private JsonNull()
    {
    }

    public override JsonKind Kind => JsonKind.Null;

    public override bool Equals(JsonValue? other) => other is JsonNull;

    public override int GetHashCode() => 1;
}

/// <summary><c>true</c> or <c>false</c>.</summary>
public sealed class JsonBoolean : JsonValue
{
    public static readonly JsonBoolean True = new(true);
    public static readonly JsonBoolean False = new(false);

    private JsonBoolean(bool value) => Value = value;

    public bool Value { get; }

    public override JsonKind Kind => JsonKind.Boolean;

    public static JsonBoolean Of(bool value) => value ? True : False;

    public override bool Equals(JsonValue? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Value ? 2 : 3;
}

/// <summary>A JSON string.</summary>
public sealed class JsonString(string value) : JsonValue
{
    public string Value { get; } = value ?? throw new ArgumentNullException(nameof(value));

    public override JsonKind Kind => JsonKind.String;

    public override bool Equals(JsonValue? other) => other is JsonString text && string.Equals(text.Value, Value, StringComparison.Ordinal);

    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);
}
