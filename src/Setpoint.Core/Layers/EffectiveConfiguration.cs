using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Layers;

/// <summary>What a namespace's configuration is in one context, at one snapshot. Immutable.</summary>
/// <param name="Version">
/// The newest of <see cref="LayerStack.Version"/> of its own stack and of those of the <see cref="Dependencies"/>.
/// </param>
/// <param name="Merged">The layers merged, references as they are written.</param>
/// <param name="Fingerprint">Of <see cref="Config"/>: equal fingerprints, equal configurations. None where there are problems.</param>
/// <param name="References">What its references have become; null if it has none.</param>
public sealed record EffectiveConfiguration(
    string Namespace, ResolveContext Context, long Version, JsonObject Merged, Fingerprint Fingerprint, LayerStack Stack, ResolvedReferences? References)
{
    /// <summary>The configuration itself, references resolved.</summary>
    /// <exception cref="InvalidOperationException">There are <see cref="Problems"/>: nobody gets a part of a configuration.</exception>
    public JsonObject Config => References is null ? Merged : References.Config;

    /// <summary>Why there is no <see cref="Config"/>; empty if there is one. Each with the layer at fault.</summary>
    public ImmutableArray<Violation> Problems => References?.Problems ?? [];

    /// <summary>Other namespaces that were read, directly or through others, also ones that do not exist; in order of name.</summary>
    public ImmutableArray<string> Dependencies => References?.Namespaces ?? [];

    /// <summary>Whether it depends on more than documents: the same documents may later resolve to something else.</summary>
    public bool IsExternal => References is { IsExternal: true };

    /// <summary>
    /// Merges the layers and resolves the references. The caller has checked that the namespace and the environment exist; of one that
    /// does not, nothing is found.
    /// </summary>
    public static EffectiveConfiguration Resolve(Snapshot snapshot, string ns, in ResolveContext context)
    {
        var stack = LayerStack.Of(snapshot, ns, context);
        var merged = Merge(stack);
        if (!stack.HasReferences)
            return new(ns, context, stack.Version, merged, FingerprintOf(merged, stack), stack, null);

        var references = ResolvedReferences.Of(snapshot, ns, context, stack, merged);
        var fingerprint = references.Problems.IsEmpty ? CanonicalJson.FingerprintOf(references.Config) : Fingerprint.None;
        return new(ns, context, references.Version, merged, fingerprint, stack, references);
    }

    /// <summary>Whether this value of <see cref="Config"/> is a string with a secret in it, left as it is written: nothing is known of its type.</summary>
    public bool IsOpaque(JsonValue value) => References?.IsOpaque(value) == true;

    /// <summary>Whether a value outside the ledger that it depends on may be another one now.</summary>
    public bool IsOutdated(Snapshot snapshot) => IsExternal && References!.Generation != snapshot.Providers().Generation;

    /// <summary>Whether resolving at that snapshot, now, would give the same.</summary>
    public bool HoldsAt(Snapshot snapshot)
    {
        if (IsOutdated(snapshot))
            return false;
        var version = LayerStack.VersionOf(snapshot, Namespace, Context);
        foreach (var other in Dependencies)
            version = Math.Max(version, LayerStack.VersionOf(snapshot, other, Context));
        return version == Version;
    }

    internal static JsonObject Merge(LayerStack stack)
    {
        var config = JsonObject.Empty;
        foreach (var layer in stack.Layers)
            config = JsonMerge.Merge(config, layer.Config);
        return config;
    }

    /// <summary>Where one layer decides everything the merge is that layer's document, whose fingerprint is known already.</summary>
    private static Fingerprint FingerprintOf(JsonObject config, LayerStack stack)
    {
        foreach (var layer in stack.Layers)
        {
            if (ReferenceEquals(layer.Document.Body, config))
                return layer.Document.Fingerprint;
        }

        return CanonicalJson.FingerprintOf(config);
    }
}
