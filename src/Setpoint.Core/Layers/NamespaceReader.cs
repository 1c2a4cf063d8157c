using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.References;

namespace Setpoint.Core.Layers;

/// <summary>The namespaces that a resolution has read, each merged once. Not thread-safe.</summary>
internal sealed class NamespaceReader(Snapshot snapshot, ResolveContext context)
{
    private readonly Dictionary<string, (LayerStack Stack, JsonObject? Merged)> _read = new(StringComparer.Ordinal);

    /// <summary>The newest version among all that was read. That there is no such namespace is read too, and changes once there is.</summary>
    public long Version => _read.Values.Max(one => one.Stack.Version);

    public ImmutableArray<string> Others(string ns) => [.. _read.Keys.Where(name => name != ns).Order(StringComparer.Ordinal)];

    public void Add(string ns, LayerStack stack, JsonObject merged) => _read.Add(ns, (stack, merged));

    /// <summary>Null if there is no such namespace.</summary>
    public JsonObject? MergedOf(string ns)
    {
        if (!_read.TryGetValue(ns, out var found))
        {
            var (stack, merged) = EffectiveConfiguration.Merge(snapshot, ns, LayerStack.Of(snapshot, ns, context));
            found = (stack, snapshot.Namespaces().Contains(ns) ? merged : null);
            _read.Add(ns, found);
        }

        return found.Merged;
    }

    /// <summary>The document that a string of the merged configuration comes from.</summary>
    public Address? AddressOf(ReferencePlace place)
    {
        // A string is a leaf, so the highest layer with a value there supplies it.
        var layers = _read[place.Namespace].Stack.Layers;
        for (var i = layers.Length - 1; i >= 0; i--)
        {
            if (place.Pointer.Resolve(layers[i].Config) is not null)
                return layers[i].Document.Address;
        }

        return null;
    }
}
