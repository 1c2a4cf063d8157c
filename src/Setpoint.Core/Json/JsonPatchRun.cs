using Setpoint.Core.Faults;

namespace Setpoint.Core.Json;

/// <summary>Applies the operations of one patch to one document, and stops what would cost far more than it is long.</summary>
internal sealed class JsonPatchRun(JsonLimits limits)
{
    // Immutable containers are copied by each operation on them, at some 15 ns a member: this is about a second. Ten thousand additions
    // that fill an empty object move 50 million.
    private const long MovedMax = 64_000_000;

    private long _moved;
    private long _copied;

    public Result<JsonValue> Apply(JsonValue document, JsonPatchOperation operation, int index)
    {
        switch (operation)
        {
            case JsonPatchOperation.Add add:
                return Add(document, add.Path, add.Value);

            case JsonPatchOperation.Remove remove:
                return Remove(document, remove.Path);

            case JsonPatchOperation.Replace replace:
                return Replace(document, replace.Path, replace.Value);

            case JsonPatchOperation.Move move:
                if (Find(document, move.From, out var absent) is not { } moved)
                    return absent;
                if (move.From.Equals(move.Path))
                    return document;
                return Remove(document, move.From).TryGet(out var without, out var fault) ? Add(without, move.Path, moved) : fault;

            case JsonPatchOperation.Copy copy:
                if (Find(document, copy.From, out absent) is not { } source)
                    return absent;

                // Copies share memory and not text: thirty copies of the document into itself would be a gigabyte to whoever walks it.
                _copied += JsonMeasure.TextSize(source, limits.SizeMax - _copied);
                if (_copied > limits.SizeMax)
                    return new Fault.TooLarge($"The copy operations of the JSON Patch, up to the one at /{index}, copy more than {limits.SizeMax} bytes, which is the limit.");
                return Add(document, copy.Path, source);

            case JsonPatchOperation.Test test:
                if (Find(document, test.Path, out absent) is not { } found)
                    return absent;
                return JsonComparison.SameValue(found, test.Value)
                    ? document
                    : new Fault.Conflict($"The test at /{index} of the JSON Patch failed: '{test.Path}' holds another value than the one expected. Read it again and retry.");

            default:
                throw new InvalidOperationException($"Unknown operation {operation.GetType().Name}.");
        }
    }

    private Result<JsonValue> Add(JsonValue document, JsonPointer path, JsonValue value)
    {
        if (TooDeep(path, value) is { } tooDeep)
            return tooDeep;
        if (path.IsRoot)
            return value;
        if (TooMuch(document, path) is { } tooMuch)
            return tooMuch;
        return JsonTree.Rewrite(document, path, createMissing: false, (parent, segment) =>
        {
            switch (parent)
            {
                case JsonObject members:
                    return members.TryGetValue(segment, out var old) && old.Equals(value) ? members : members.With(segment, value);
                case JsonArray array when segment == "-" || (JsonPointer.TryIndex(segment, out var last) && last == array.Items.Length):
                    return new JsonArray(array.Items.Add(value));
                case JsonArray array:
                    return JsonTree.TryItem(array, segment, path, path.Segments.Length - 1, out var index, out var fault)
                        ? new JsonArray(array.Items.Insert(index, value))
                        : fault;
                default:
                    return JsonTree.Through(parent, path, path.Segments.Length - 1);
            }
        });
    }

    private Result<JsonValue> Remove(JsonValue document, JsonPointer path)
    {
        if (path.IsRoot)
            return JsonTree.Bad(path, "a patch cannot remove the document as a whole.");
        if (TooMuch(document, path) is { } tooMuch)
            return tooMuch;
        return JsonTree.Rewrite(document, path, createMissing: false, (parent, segment) =>
        {
            switch (parent)
            {
                case JsonObject members:
                    return members.Contains(segment) ? members.Without(segment) : JsonTree.Missing(path, path.Segments.Length);
                case JsonArray array:
                    return JsonTree.TryItem(array, segment, path, path.Segments.Length - 1, out var index, out var fault)
                        ? new JsonArray(array.Items.RemoveAt(index))
                        : fault;
                default:
                    return JsonTree.Through(parent, path, path.Segments.Length - 1);
            }
        });
    }

    private Result<JsonValue> Replace(JsonValue document, JsonPointer path, JsonValue value)
    {
        if (TooDeep(path, value) is { } tooDeep)
            return tooDeep;
        if (Find(document, path, out var absent) is not { } old)
            return absent;
        if (old.Equals(value))
            return document;
        if (path.IsRoot)
            return value;

        if (TooMuch(document, path) is { } tooMuch)
            return tooMuch;

        // The place exists, so the parent is an object or an array that has it.
        return JsonTree.Rewrite(document, path, createMissing: false, (parent, segment) =>
        {
            if (parent is JsonObject members)
                return members.With(segment, value);
            JsonPointer.TryIndex(segment, out var index);
            return new JsonArray(((JsonArray)parent).Items.SetItem(index, value));
        });
    }

    private static JsonValue? Find(JsonValue document, JsonPointer path, out Fault absent)
    {
        var found = path.Resolve(document);
        absent = found is null ? JsonTree.Missing(path, path.Segments.Length) : null!;
        return found;
    }

    // Checked at each operation: what walks a value does so by recursion, also between two operations.
    private Fault.TooLarge? TooDeep(JsonPointer path, JsonValue value)
    {
        var depth = path.Segments.Length + value.Depth;
        return depth > limits.DepthMax
            ? new($"The JSON Patch would nest arrays and objects {depth} levels deep at '{path}'; the limit is {limits.DepthMax}.")
            : null;
    }

    /// <summary>Counts what rebuilding every container on the way costs.</summary>
    private Fault.TooLarge? TooMuch(JsonValue document, JsonPointer path)
    {
        JsonValue? node = document;
        foreach (var segment in path.Segments)
        {
            switch (node)
            {
                case JsonObject members:
                    _moved += members.Count;
                    node = members[segment];
                    break;
                case JsonArray array:
                    _moved += array.Items.Length;
                    node = JsonPointer.TryIndex(segment, out var index) && index < array.Items.Length ? array.Items[index] : null;
                    break;
                default:
                    node = null;
                    break;
            }
        }

        return _moved > MovedMax
            ? new($"The JSON Patch has too many operations on large objects or arrays: they would move more than {MovedMax} members. Send fewer at a time, or the document as a whole.")
            : null;
    }
}
