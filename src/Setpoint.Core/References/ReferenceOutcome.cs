using System.Collections.Immutable;
using Setpoint.Core.Json;

namespace Setpoint.Core.References;

/// <summary>A resolved configuration, or why it is none.</summary>
/// <param name="Config">Means nothing where there are failures.</param>
/// <param name="Failures">Each reason once, in the order of the configuration.</param>
/// <param name="Opaque">The strings in it, by reference, that were left as they are written because a secret is in them.</param>
/// <param name="IsExternal">Whether a provider was asked, so that the same documents may resolve to something else later.</param>
internal sealed record ReferenceOutcome(JsonObject Config, ImmutableArray<ReferenceFailure> Failures, HashSet<JsonValue> Opaque, bool IsExternal);

/// <summary>What a string with references has become.</summary>
/// <param name="Value">Null where there are failures.</param>
/// <param name="Size">Bytes of its JSON text.</param>
/// <param name="Height">References that follow each other from here.</param>
internal sealed record ResolvedString(JsonValue? Value, long Size, int Height, ImmutableArray<ReferenceFailure> Failures)
{
    public static ResolvedString Failed(params ImmutableArray<ReferenceFailure> failures) => new(null, 0, 0, failures);
}

/// <summary>The value that a key leads to.</summary>
/// <param name="Missing">Why there is none, if the key leads nowhere.</param>
internal sealed record ReferenceTarget(JsonValue? Value, long Size, int Height, ImmutableArray<ReferenceFailure> Failures, string? Missing)
{
    public static ReferenceTarget Nothing(string reason) => new(null, 0, 0, [], reason);

    public static ReferenceTarget Failed(ImmutableArray<ReferenceFailure> failures) => new(null, 0, 0, failures, null);
}

/// <summary>What a walk through a value has met so far.</summary>
internal sealed class ReferenceTally
{
    private readonly HashSet<ReferenceFailure> _seen = [];
    private long _inserted;

    public List<ReferenceFailure> Failures { get; } = [];

    public int Height { get; private set; }

    /// <summary>The bound on what is inserted is crossed: going on would only cost time.</summary>
    public bool IsOver => _inserted > ReferenceResolver.OutputMax;

    /// <returns>False if that is too much.</returns>
    public bool Insert(long size, int height)
    {
        _inserted += size;
        Height = Math.Max(Height, height);
        return !IsOver;
    }

    public void Fail(ImmutableArray<ReferenceFailure> failures)
    {
        foreach (var failure in failures)
        {
            if (_seen.Add(failure))
                Failures.Add(failure);
        }
    }
}
