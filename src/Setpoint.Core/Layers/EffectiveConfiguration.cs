using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.Schemas;

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
    public JsonObject Config => Shown ?? (References is null ? Merged : References.Config);

    /// <summary>Why there is no <see cref="Config"/>; empty if there is one. Each with the layer at fault.</summary>
    public ImmutableArray<Violation> Problems => References?.Problems ?? [];

    /// <summary>Other namespaces that were read, directly or through others, also ones that do not exist; in order of name.</summary>
    public ImmutableArray<string> Dependencies => References?.Namespaces ?? [];

    /// <summary>Whether it depends on more than documents: the same documents may later resolve to something else.</summary>
    public bool IsExternal => References is { IsExternal: true };

    /// <summary>The schema of the namespace, if it has one.</summary>
    public SchemaEntry? Schema { get; private init; }

    private JsonObject? Shown { get; init; }

    /// <summary>The same with another structure, for who was built for it.</summary>
    public EffectiveConfiguration ShownAs(JsonObject config) => this with { Shown = config, Fingerprint = CanonicalJson.FingerprintOf(config) };

    /// <summary>
    /// Merges the layers and resolves the references. The caller has checked that the namespace and the environment exist; of one that
    /// does not, nothing is found.
    /// </summary>
    public static EffectiveConfiguration Resolve(Snapshot snapshot, string ns, in ResolveContext context)
    {
        var (stack, merged) = Merge(snapshot, ns, LayerStack.Of(snapshot, ns, context));
        var schema = snapshot.Schemas().Find(ns);
        if (!stack.HasReferences)
            return new(ns, context, stack.Version, merged, FingerprintOf(merged, stack), stack, null) { Schema = schema };

        var references = ResolvedReferences.Of(snapshot, ns, context, stack, merged);
        var fingerprint = references.Problems.IsEmpty ? CanonicalJson.FingerprintOf(references.Config) : Fingerprint.None;
        return new(ns, context, references.Version, merged, fingerprint, stack, references) { Schema = schema };
    }

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

    /// <summary>What the layers merge to on top of the schema's defaults, and these among the layers; without a fingerprint: for those who look and do not serve.</summary>
    internal static (LayerStack Stack, JsonObject Config) Merge(Snapshot snapshot, string ns, LayerStack stack)
    {
        var config = Merge(stack);
        // A ledger holds no schema that does not compile; one that an older release took and this one does not leaves its defaults out.
        if (snapshot.Schemas().Find(ns) is not { } entry || !entry.Compiled.TryGet(out var schema, out _))
            return (stack, config);
        var defaults = schema.DefaultsFor(config);
        if (defaults.Count == 0)
            return (stack, config);

        // From the bottom again, and not the merge on top of the defaults: a layer may remove a default.
        stack = stack.OnDefaults(entry.Document, defaults);
        return (stack, Merge(stack));
    }

    /// <summary>
    /// Whether something of the namespace's own, or of what it includes, is set there. Where only global settings reach, nobody has
    /// configured it yet.
    /// </summary>
    internal static bool IsConfigured(LayerStack stack, string ns)
    {
        var least = ns == Names.Global ? LayerRank.Global : LayerRank.Included;
        for (var i = stack.Layers.Length - 1; i >= 0 && stack.Layers[i].Rank >= least; i--)
        {
            // The arm of a control that changes nothing configures nothing.
            if (stack.Layers[i].Arm is not { ChangesNothing: true })
                return true;
        }

        return false;
    }

    /// <inheritdoc cref="IsConfigured(LayerStack, string)"/>
    internal static bool IsConfigured(Snapshot snapshot, string ns, in ResolveContext context) =>
        IsConfigured(LayerStack.Of(snapshot, ns, context), ns);

    private static JsonObject Merge(LayerStack stack)
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
