using Setpoint.Core.Json;

namespace Setpoint.Core.Layers;

/// <summary>Which layer a value of the merged configuration comes from.</summary>
public static class LayerSupply
{
    /// <summary>
    /// The layer that supplies the value at the pointer. An object may be put together by several; then, and where there is no value, it is
    /// none of them.
    /// </summary>
    public static StackedLayer? Find(LayerStack stack, JsonPointer pointer)
    {
        StackedLayer? found = null;
        for (var i = stack.Layers.Length - 1; i >= 0; i--)
        {
            switch (Look(stack.Layers[i].Config, pointer, out var isCutOff))
            {
                case JsonObject members when !JsonMerge.IsUnset(members):
                    if (found is not null)
                        return null;
                    found = stack.Layers[i];
                    break;
                case JsonObject:
                    return found;
                case not null:
                    return found ?? stack.Layers[i];
            }

            if (isCutOff)
                return found;
        }

        return found;
    }

    /// <summary>What one layer has there.</summary>
    /// <param name="isCutOff">It has something else than an object on the way, and so hides all below it.</param>
    private static JsonValue? Look(JsonObject layer, JsonPointer pointer, out bool isCutOff)
    {
        isCutOff = false;
        JsonValue at = layer;
        foreach (var segment in pointer.Segments)
        {
            // Layers replace an array as a whole, so whoever has the array has its items.
            if (at is JsonArray)
                return at;

            if (at is not JsonObject members || JsonMerge.IsUnset(members))
            {
                isCutOff = true;
                return null;
            }

            if (members[segment] is not { } next)
                return null;
            at = next;
        }

        return at;
    }
}
