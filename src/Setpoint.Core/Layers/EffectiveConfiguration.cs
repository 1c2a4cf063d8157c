using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.Schemas;

namespace Setpoint.Core.Layers;

/// <summary>What a namespace's configuration is in one context, at one snapshot. Immutable.</summary>
/// <param name="Version">See <see cref="LayerStack.Version"/>.</param>
/// <param name="Fingerprint">Of <paramref name="Config"/>: equal fingerprints, equal configurations.</param>
public sealed record EffectiveConfiguration(
    string Namespace, ResolveContext Context, long Version, JsonObject Config, Fingerprint Fingerprint, LayerStack Stack)
{
    /// <summary>The schema of the namespace, if it has one.</summary>
    public SchemaEntry? Schema { get; private init; }

    /// <summary>
    /// Merges the layers. The caller has checked that the namespace and the environment exist; of one that does not, nothing is found.
    /// </summary>
    public static EffectiveConfiguration Resolve(Snapshot snapshot, string ns, in ResolveContext context)
    {
        var (stack, config) = Merge(snapshot, ns, LayerStack.Of(snapshot, ns, context));
        return new(ns, context, stack.Version, config, FingerprintOf(config, stack), stack) { Schema = snapshot.Schemas().Find(ns) };
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
    internal static bool IsConfigured(LayerStack stack, string ns) =>
        !stack.Layers.IsEmpty && (ns == Names.Global || stack.Layers[^1].Rank >= LayerRank.Included);

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
