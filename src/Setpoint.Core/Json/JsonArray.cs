using System.Collections.Immutable;

namespace Setpoint.Core.Json;

/// <summary>A JSON array.</summary>
public sealed class JsonArray(ImmutableArray<JsonValue> items) : JsonValue
{
    public static readonly JsonArray Empty = new([]);

    /// <summary>An array of strings.</summary>
    public static JsonArray OfStrings(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonValue)new JsonString(text))]);

    // 0 until asked for. Every thread that computes it finds the same number.
    private int _depth;

    public ImmutableArray<JsonValue> Items { get; } = items.IsDefault ? [] : items;

    public override JsonKind Kind => JsonKind.Array;

    /// <inheritdoc/>
    public override int Depth => _depth != 0 ? _depth : _depth = DepthAround(Items.AsSpan());

    public override bool Equals(JsonValue? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        return other is JsonArray array && array.Items.AsSpan().SequenceEqual(Items.AsSpan());
    }

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in Items)
            hash.Add(item);
        return hash.ToHashCode();
    }
}
