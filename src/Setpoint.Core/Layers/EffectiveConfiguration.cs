using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Layers;

/// <summary>What a namespace's configuration is in one context, at one snapshot. Immutable.</summary>
/// <param name="Version">See <see cref="LayerStack.Version"/>.</param>
/// <param name="Fingerprint">Of <paramref name="Config"/>: equal fingerprints, equal configurations.</param>
public sealed record EffectiveConfiguration(
    string Namespace, ResolveContext Context, long Version, JsonObject Config, Fingerprint Fingerprint, LayerStack Stack)
{
    /// <summary>
    /// Merges the layers. The caller has checked that the namespace and the environment exist; of one that does not, nothing is found.
    /// </summary>
    public static EffectiveConfiguration Resolve(Snapshot snapshot, string ns, in ResolveContext context)
    {
        var stack = LayerStack.Of(snapshot, ns, context);
        var config = JsonObject.Empty;
        foreach (var layer in stack.Layers)
            config = JsonMerge.Merge(config, layer.Config);
        return new(ns, context, stack.Version, config, FingerprintOf(config, stack), stack);
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
