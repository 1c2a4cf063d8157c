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
    /// the limits, or if the operations copy or move more than <see cref="JsonPatchRun"/> allows.
    /// </summary>
    public Result<JsonValue> Apply(JsonValue document, JsonLimits limits)
    {
        ArgumentNullException.ThrowIfNull(document);
        var run = new JsonPatchRun(limits);
        var current = document;
        for (var i = 0; i < Operations.Length; i++)
        {
            if (!run.Apply(current, Operations[i], i).TryGet(out var next, out var fault))
                return fault;
            current = next;
        }

        return ReferenceEquals(current, document) || JsonMeasure.Check(current, limits) is not { } tooLarge ? current : tooLarge;
    }

    private static Fault.Malformed Malformed(ImmutableArray<Violation> violations) =>
        new(violations.Length == 1 ? violations[0].Message : $"The JSON Patch has {violations.Length} mistakes; 'errors' lists each of them.", violations);
}
