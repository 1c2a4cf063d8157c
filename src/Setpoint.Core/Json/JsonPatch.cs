using System.Collections.Immutable;
using Setpoint.Core.Faults;

namespace Setpoint.Core.Json;

/// <summary>
/// A JSON Patch (RFC 6902): operations applied one after another, all or nothing. Immutable; apply it to as many documents as you like.
/// </summary>
/// <remarks>
/// What is wrong with the patch itself (not an array, an unknown operation, a missing member, a pointer that is none, a move into itself)
/// is <see cref="Fault.Malformed"/> whatever the document. A pointer that leads nowhere in this document is <see cref="Fault.Invalid"/>:
/// the same patch may apply to another state of it. A <c>test</c> that finds another value is <see cref="Fault.Conflict"/>.
/// </remarks>
public sealed class JsonPatch
{
    /// <summary>As many as a commit may hold changes.</summary>
    public const int OperationsMax = 10_000;

    private JsonPatch(ImmutableArray<JsonPatchOperation> operations) => Operations = operations;

    public ImmutableArray<JsonPatchOperation> Operations { get; }

    /// <summary>Reads a patch document.</summary>
    /// <returns>The patch, or <see cref="Fault.Malformed"/> with a violation for everything that is wrong; paths lead into the patch.</returns>
    public static Result<JsonPatch> Parse(JsonValue document)
    {
        ArgumentNullException.ThrowIfNull(document);
        if (document is not JsonArray array)
            return Malformed([new(string.Empty, ViolationCode.InvalidParameterType, $"A JSON Patch is an array of operations, not {JsonReader.Article(document.Kind)}.")]);
        if (array.Items.Length > OperationsMax)
            return new Fault.TooLarge($"The JSON Patch has {array.Items.Length} operations; the limit is {OperationsMax}.");

        var violations = ImmutableArray.CreateBuilder<Violation>();
        var operations = ImmutableArray.CreateBuilder<JsonPatchOperation>(array.Items.Length);
        for (var i = 0; i < array.Items.Length; i++)
        {
            if (new JsonPatchOperationReader(array.Items[i], i, violations).Read() is { } operation)
                operations.Add(operation);
        }

        return violations.Count == 0 ? new JsonPatch(operations.MoveToImmutable()) : Malformed(violations.DrainToImmutable());
    }

    /// <summary>The document after all operations, with document limits.</summary>
    public Result<JsonValue> Apply(JsonValue document) => Apply(document, JsonLimits.Document);

    /// <summary>
    /// The document after all operations; the document itself if they change nothing. <see cref="Fault.TooLarge"/> if the result breaks
    /// the limits, or if the operations copy more than the size that a document may have.
    /// </summary>
    public Result<JsonValue> Apply(JsonValue document, JsonLimits limits)
    {
        ArgumentNullException.ThrowIfNull(document);
        var current = document;
        long copied = 0;
        for (var i = 0; i < Operations.Length; i++)
        {
            if (!Apply(current, Operations[i], i, limits, ref copied).TryGet(out var next, out var fault))
                return fault;
            current = next;
        }

        return ReferenceEquals(current, document) || JsonMeasure.Check(current, limits) is not { } tooLarge ? current : tooLarge;
    }

    private static Result<JsonValue> Apply(JsonValue document, JsonPatchOperation operation, int index, JsonLimits limits, ref long copied)
    {
        switch (operation)
        {
            case JsonPatchOperation.Add add:
                return Add(document, add.Path, add.Value, limits);

            case JsonPatchOperation.Remove remove:
                return Remove(document, remove.Path);

            case JsonPatchOperation.Replace replace:
                return Replace(document, replace.Path, replace.Value, limits);

            case JsonPatchOperation.Move move:
                if (Find(document, move.From, out var absent) is not { } moved)
                    return absent;
                if (move.From.Equals(move.Path))
                    return document;
                return Remove(document, move.From).TryGet(out var without, out var fault) ? Add(without, move.Path, moved, limits) : fault;

            case JsonPatchOperation.Copy copy:
                if (Find(document, copy.From, out absent) is not { } source)
                    return absent;

                // Copies share memory and not text: thirty copies of the document into itself would be a gigabyte to whoever walks it.
                copied += JsonMeasure.TextSize(source, limits.SizeMax - copied);
                if (copied > limits.SizeMax)
                    return new Fault.TooLarge($"The copy operations of the JSON Patch, up to the one at /{index}, copy more than {limits.SizeMax} bytes, which is the limit.");
                return Add(document, copy.Path, source, limits);

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

    private static Result<JsonValue> Add(JsonValue document, JsonPointer path, JsonValue value, JsonLimits limits)
    {
        if (TooDeep(path, value, limits) is { } tooDeep)
            return tooDeep;
        if (path.IsRoot)
            return value;
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

    private static Result<JsonValue> Remove(JsonValue document, JsonPointer path)
    {
        if (path.IsRoot)
            return JsonTree.Bad(path, "a patch cannot remove the document as a whole.");
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

    private static Result<JsonValue> Replace(JsonValue document, JsonPointer path, JsonValue value, JsonLimits limits)
    {
        if (TooDeep(path, value, limits) is { } tooDeep)
            return tooDeep;
        if (Find(document, path, out var absent) is not { } old)
            return absent;
        if (old.Equals(value))
            return document;
        if (path.IsRoot)
            return value;

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
    private static Fault.TooLarge? TooDeep(JsonPointer path, JsonValue value, JsonLimits limits)
    {
        var depth = path.Segments.Length + value.Depth;
        return depth > limits.DepthMax
            ? new($"The JSON Patch would nest arrays and objects {depth} levels deep at '{path}'; the limit is {limits.DepthMax}.")
            : null;
    }

    private static Fault.Malformed Malformed(ImmutableArray<Violation> violations) =>
        new(violations.Length == 1 ? violations[0].Message : $"The JSON Patch has {violations.Length} mistakes; 'errors' lists each of them.", violations);
}
