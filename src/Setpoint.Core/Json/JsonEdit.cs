using Setpoint.Core.Faults;

namespace Setpoint.Core.Json;

/// <summary>Changes one value of an immutable document. What the change does not touch is shared with the document before it.</summary>
public static class JsonEdit
{
    /// <summary>
    /// Sets the value at the path. Objects that are missing on the way are created; <c>-</c> appends to an array. Setting what is there
    /// already returns the document itself.
    /// </summary>
    /// <returns><see cref="Fault.Invalid"/> naming the path if it leads through a scalar or to an array item that does not exist.</returns>
    public static Result<JsonObject> Set(JsonObject document, KeyPath path, JsonValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var pointer = path.Pointer;
        var last = pointer.Segments.Length - 1;
        var edited = JsonTree.Rewrite(document, pointer, createMissing: true, (parent, segment) =>
        {
            switch (parent)
            {
                case JsonObject members:
                    return members.TryGetValue(segment, out var old) && old.Equals(value) ? members : members.With(segment, value);
                case JsonArray array when segment == "-":
                    return new JsonArray(array.Items.Add(value));
                case JsonArray array:
                    if (!JsonTree.TryItem(array, segment, pointer, last, out var index, out var fault))
                        return fault;
                    return array.Items[index].Equals(value) ? array : new JsonArray(array.Items.SetItem(index, value));
                default:
                    return JsonTree.Through(parent, pointer, last);
            }
        });
        return AsObject(edited);
    }

    /// <summary>Removes the value at the path; the document itself if there is none. Items after a removed array item move up.</summary>
    public static JsonObject Remove(JsonObject document, KeyPath path)
    {
        var pointer = path.Pointer;
        if (pointer.Resolve(document) is null)
            return document;

        var edited = JsonTree.Rewrite(document, pointer, createMissing: false, static (parent, segment) =>
        {
            if (parent is JsonObject members)
                return members.Without(segment);
            JsonPointer.TryIndex(segment, out var index);
            return new JsonArray(((JsonArray)parent).Items.RemoveAt(index));
        });
        return (JsonObject)edited.Value;
    }

    // A key is never the root, so the root of the result is the object that it was.
    private static Result<JsonObject> AsObject(Result<JsonValue> edited) =>
        edited.TryGet(out var value, out var fault) ? (JsonObject)value : fault;
}
