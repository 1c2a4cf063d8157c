namespace Setpoint.Core.Json;

/// <summary>JSON Merge Patch (RFC 7396): objects merge, null removes, everything else replaces. Pure.</summary>
public static class MergePatch
{
    /// <summary>The patched value; the target itself if the patch changes nothing. Every patch applies to every value.</summary>
    public static JsonValue Apply(JsonValue target, JsonValue patch)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (patch is not JsonObject changes)
            return target.Equals(patch) ? target : patch;

        // A target that is no object is replaced by an empty one, so that a patch within a patch loses its nulls too.
        var before = target as JsonObject ?? JsonObject.Empty;
        var after = ApplyObject(before, changes);
        return ReferenceEquals(after, before) && target is JsonObject ? target : after;
    }

    private static JsonObject ApplyObject(JsonObject target, JsonObject changes)
    {
        JsonValue?[]? values = null;
        JsonObjectBuilder? added = null;
        var removed = 0;
        for (var i = 0; i < changes.Count; i++)
        {
            var change = changes.ValueAt(i);
            var position = target.Names.IndexOf(changes.NameAt(i));
            if (position < 0)
            {
                if (change is not JsonNull)
                    (added ??= new()).Add(changes.NameAt(i), Apply(JsonNull.Instance, change));
                continue;
            }

            var before = target.ValueAt(position);
            var after = change is JsonNull ? null : Apply(before, change);
            if (ReferenceEquals(before, after))
                continue;
            values ??= [.. target.Values];
            values[position] = after;
            if (after is null)
                removed++;
        }

        return values is null && added is null ? target : JsonObject.Rebuild(target, values, removed, added);
    }
}
