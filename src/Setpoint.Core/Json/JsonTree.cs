using Setpoint.Core.Faults;

namespace Setpoint.Core.Json;

/// <summary>Rebuilds the values along a path and shares everything beside it.</summary>
internal static class JsonTree
{
    /// <summary>Makes the new parent from the one that is there and the last segment of the path.</summary>
    public delegate Result<JsonValue> ParentEdit(JsonValue parent, string segment);

    /// <summary>Applies the edit where the path leads; the root itself if the edit changes nothing.</summary>
    /// <param name="root">The document; the path is not its root.</param>
    /// <param name="path">Where.</param>
    /// <param name="createMissing">Create objects that are missing on the way, instead of refusing.</param>
    /// <param name="edit">What.</param>
    public static Result<JsonValue> Rewrite(JsonValue root, JsonPointer path, bool createMissing, ParentEdit edit) =>
        Rewrite(root, path, 0, createMissing, edit);

    private static Result<JsonValue> Rewrite(JsonValue node, JsonPointer path, int at, bool createMissing, ParentEdit edit)
    {
        var segment = path.Segments[at];
        if (at == path.Segments.Length - 1)
            return edit(node, segment);

        switch (node)
        {
            case JsonObject members:
                var child = members[segment];
                if (child is null && !createMissing)
                    return Missing(path, at + 1);
                if (!Rewrite(child ?? JsonObject.Empty, path, at + 1, createMissing, edit).TryGet(out var made, out var fault))
                    return fault;
                return members.With(segment, made);
            case JsonArray array:
                if (!TryItem(array, segment, path, at, out var index, out fault))
                    return fault;
                if (!Rewrite(array.Items[index], path, at + 1, createMissing, edit).TryGet(out made, out fault))
                    return fault;
                return ReferenceEquals(made, array.Items[index]) ? array : new JsonArray(array.Items.SetItem(index, made));
            default:
                return Through(node, path, at);
        }
    }

    /// <summary>The position of an existing item, or a fault that names the array.</summary>
    public static bool TryItem(JsonArray array, string segment, JsonPointer path, int at, out int index, out Fault fault)
    {
        if (JsonPointer.TryIndex(segment, out index) && index < array.Items.Length)
        {
            fault = null!;
            return true;
        }

        fault = Bad(path, $"the array at '{path.Take(at)}' has {array.Items.Length} item(s), and '{segment}' is no index of one of them.");
        return false;
    }

    public static Fault Missing(JsonPointer path, int count) => Bad(path, $"'{path.Take(count)}' does not exist.");

    public static Fault Through(JsonValue node, JsonPointer path, int at) =>
        Bad(path, $"'{path.Take(at)}' is {JsonReader.Article(node.Kind)}; there is nothing inside it.");

    /// <summary>Well written, but not about this document as it is: the request can be repeated against another state.</summary>
    public static Fault Bad(JsonPointer path, string problem) =>
        new Fault.Invalid([new Violation(path.ToString(), ViolationCode.ConstraintViolation, $"The path '{path}' cannot be followed: {problem}")]);
}
