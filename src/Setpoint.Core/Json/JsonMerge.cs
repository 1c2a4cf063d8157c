using System.Collections.Immutable;

namespace Setpoint.Core.Json;

/// <summary>
/// Lays one layer over another (DESIGN section 4). Objects merge by property, case-sensitively; everything else replaces; null is a
/// value; a property whose value is <c>{"$unset": true}</c> removes what lower layers set and leaves nothing of its own.
/// </summary>
/// <remarks>Pure. Whatever a layer does not change is shared with the layer below: unchanged subtrees, and the names of objects of
/// which only values change.</remarks>
public static class JsonMerge
{
    /// <summary>The name that marks a removal.</summary>
    public const string Unset = "$unset";

    /// <summary>
    /// The layers folded from the lowest up. Empty if there are none.
    /// </summary>
    public static JsonObject MergeAll(params ReadOnlySpan<JsonObject> layers)
    {
        var merged = JsonObject.Empty;
        foreach (var layer in layers)
            merged = Merge(merged, layer);
        return merged;
    }

    /// <summary>True for <c>{"$unset": true}</c> and nothing else.</summary>
    public static bool IsUnset(JsonValue value) =>
        value is JsonObject { Count: 1 } members && members.NameAt(0) == Unset && members.ValueAt(0) is JsonBoolean { Value: true };

    /// <summary>
    /// Pointers of every <c>$unset</c> that removes nothing: with another value than true, beside other properties, at the root, or
    /// within an array. A layer with none of them leaves no <c>$unset</c> in what it is merged into; one like
    /// <c>{"$unset": true, "x": ...}</c> could become a removal once a higher layer takes <c>x</c> away, so the Gate refuses them all.
    /// </summary>
    public static ImmutableArray<string> MisplacedUnsets(JsonObject layer)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        Misplaced(layer, JsonPointer.Root, removable: false, found);
        return found.DrainToImmutable();
    }

    private static void Misplaced(JsonValue value, JsonPointer path, bool removable, ImmutableArray<string>.Builder found)
    {
        switch (value)
        {
            case JsonObject members:
                if (removable && IsUnset(members))
                    break;
                for (var i = 0; i < members.Count; i++)
                {
                    if (members.NameAt(i) == Unset)
                        found.Add(path.Append(Unset).ToString());
                    else if (members.ValueAt(i).Kind >= JsonKind.Array)
                        Misplaced(members.ValueAt(i), path.Append(members.NameAt(i)), removable: removable || path.IsRoot, found);
                }

                break;
            case JsonArray array:
                for (var i = 0; i < array.Items.Length; i++)
                {
                    if (array.Items[i].Kind >= JsonKind.Array)
                        Misplaced(array.Items[i], path.Append(i), removable: false, found);
                }

                break;
        }
    }

    /// <summary>
    /// The upper layer over the lower. Properties come in the lower's order, then new ones in the upper's. Returns
    /// <paramref name="lower"/> itself if the upper changes nothing, and <paramref name="upper"/> itself if there is nothing below
    /// it and nothing to remove in it.
    /// </summary>
    public static JsonObject Merge(JsonObject? lower, JsonObject upper)
    {
        ArgumentNullException.ThrowIfNull(upper);
        if (lower is null || lower.Count == 0)
            return WithoutUnsets(upper);
        if (ReferenceEquals(lower, upper))
            return WithoutUnsets(lower);

        // Copies of the lower's values and the list of new names exist only once something changes.
        JsonValue?[]? values = null;
        JsonObjectBuilder? added = null;
        var removed = 0;
        for (var i = 0; i < upper.Count; i++)
        {
            var name = upper.NameAt(i);
            var over = upper.ValueAt(i);
            var position = lower.SharesNamesWith(upper) ? i : lower.Names.IndexOf(name);
            if (position < 0)
            {
                if (!IsUnset(over))
                    (added ??= new()).Add(name, over is JsonObject fresh ? WithoutUnsets(fresh) : over);
                continue;
            }

            var under = lower.ValueAt(position);
            var merged = MergeValue(under, over);
            if (ReferenceEquals(merged, under))
                continue;
            values ??= [.. lower.Values];
            values[position] = merged;
            if (merged is null)
                removed++;
        }

        if (values is null && added is null)
            return lower;
        return JsonObject.Rebuild(lower, values, removed, added);
    }

    /// <summary>What the upper value makes of the lower one; null if it removes it.</summary>
    private static JsonValue? MergeValue(JsonValue under, JsonValue over)
    {
        if (over is not JsonObject upper)
            return under.Equals(over) ? under : over;
        if (IsUnset(over))
            return null;
        return under is JsonObject lower ? Merge(lower, upper) : WithoutUnsets(upper);
    }

    /// <summary>The object without its removals at any depth of objects (arrays are values as they are); itself if it has none.</summary>
    private static JsonObject WithoutUnsets(JsonObject upper)
    {
        JsonValue?[]? values = null;
        var removed = 0;
        for (var i = 0; i < upper.Count; i++)
        {
            if (upper.ValueAt(i) is not JsonObject inner)
                continue;
            var kept = IsUnset(inner) ? null : WithoutUnsets(inner);
            if (ReferenceEquals(kept, inner))
                continue;
            values ??= [.. upper.Values];
            values[i] = kept;
            if (kept is null)
                removed++;
        }

        return values is null ? upper : JsonObject.Rebuild(upper, values, removed, added: null);
    }
}
