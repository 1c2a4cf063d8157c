using System.Collections.Immutable;
using Setpoint.Core.Json;

namespace Setpoint.Core.Layers;

/// <summary>Where one effective leaf comes from.</summary>
/// <param name="Path">JSON Pointer. An array is one leaf, since layers replace it as a whole.</param>
/// <param name="Winner">The layer whose value it is.</param>
/// <param name="Shadowed">What it hides in lower layers, highest first.</param>
public sealed record LeafProvenance(string Path, StackedLayer Winner, ImmutableArray<ShadowedValue> Shadowed);

/// <summary>A value that a higher layer hides.</summary>
public sealed record ShadowedValue(StackedLayer Layer, JsonValue Value);

/// <summary>Explains an effective configuration leaf by leaf.</summary>
public static class Provenance
{
    /// <summary>
    /// For each leaf, a string with references being one whatever it refers to: the highest layer that has a value there won. Below it, every layer that has a value at the same place is shadowed,
    /// down to the first that puts something else than an object on the way: that one replaced all below it.
    /// </summary>
    public static ImmutableArray<LeafProvenance> Explain(EffectiveConfiguration effective)
    {
        var leaves = ImmutableArray.CreateBuilder<LeafProvenance>();
        var layers = effective.Stack.Layers;
        var views = new JsonValue?[layers.Length];
        for (var i = 0; i < layers.Length; i++)
            views[i] = layers[i].Config;
        Walk(effective.Merged, JsonPointer.Root, layers, views, leaves);
        return leaves.ToImmutable();
    }

    private static void Walk(
        JsonObject config, JsonPointer path, ImmutableArray<StackedLayer> layers, JsonValue?[] views, ImmutableArray<LeafProvenance>.Builder leaves)
    {
        for (var i = 0; i < config.Count; i++)
        {
            var name = config.NameAt(i);
            var at = path.Append(name);
            var below = Step(views, name);
            if (config.ValueAt(i) is JsonObject { Count: > 0 } members)
                Walk(members, at, layers, below, leaves);
            else
                leaves.Add(ExplainLeaf(at.ToString(), layers, below));
        }
    }

    /// <summary>What each layer has under the name. A layer that has no object here cuts off those below it.</summary>
    private static JsonValue?[] Step(JsonValue?[] views, string name)
    {
        var below = new JsonValue?[views.Length];
        for (var i = views.Length - 1; i >= 0; i--)
        {
            switch (views[i])
            {
                case null:
                    continue;
                case JsonObject members when !JsonMerge.IsUnset(members):
                    below[i] = members[name];
                    continue;
                default:
                    return below;
            }
        }

        return below;
    }

    private static LeafProvenance ExplainLeaf(string path, ImmutableArray<StackedLayer> layers, JsonValue?[] values)
    {
        var winner = -1;
        var shadowed = ImmutableArray.CreateBuilder<ShadowedValue>();
        for (var i = values.Length - 1; i >= 0; i--)
        {
            if (values[i] is not { } value)
                continue;
            if (winner < 0)
                winner = i;
            else
                shadowed.Add(new(layers[i], value));
        }

        return winner < 0
            ? throw new InvalidOperationException($"No layer has a value at '{path}', yet it is in the merged configuration.")
            : new(path, layers[winner], shadowed.ToImmutable());
    }
}
