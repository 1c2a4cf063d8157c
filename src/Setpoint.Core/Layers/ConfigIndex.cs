using System.Collections.Immutable;
using Setpoint.Core.Ledger;
using Setpoint.Core.References;

namespace Setpoint.Core.Layers;

/// <summary>A layer and the document that holds it; a removed layer keeps the version of its removal.</summary>
/// <param name="Content">Null if it was removed.</param>
public sealed record LayerEntry(LayerSlot Slot, Document Document, Layer? Content)
{
    public long Version => Document.Version;
}

/// <summary>The layers of every namespace, and the runtime overrides by their end.</summary>
public sealed class ConfigIndex : KindIndex
{
    internal static readonly ConfigIndex Empty = new(
        ImmutableDictionary.Create<string, NamespaceLayers>(StringComparer.Ordinal),
        ImmutableDictionary.Create<LayerSlot, DateTimeOffset>(),
        ImmutableDictionary.Create<LayerSlot, ReferenceSet>());

    private readonly ImmutableDictionary<string, NamespaceLayers> _namespaces;
    private readonly ImmutableDictionary<LayerSlot, DateTimeOffset> _expiring;
    private readonly ImmutableDictionary<LayerSlot, ReferenceSet> _referring;

    private ConfigIndex(
        ImmutableDictionary<string, NamespaceLayers> namespaces,
        ImmutableDictionary<LayerSlot, DateTimeOffset> expiring,
        ImmutableDictionary<LayerSlot, ReferenceSet> referring)
    {
        _namespaces = namespaces;
        _expiring = expiring;
        _referring = referring;
    }

    /// <summary>Runtime overrides that exist, with their end. Few at any time.</summary>
    public IEnumerable<KeyValuePair<LayerSlot, DateTimeOffset>> Expiring => _expiring;

    /// <summary>Layers with references, and what these are. Few beside all layers.</summary>
    public IReadOnlyCollection<KeyValuePair<LayerSlot, ReferenceSet>> Referring => _referring;

    public IEnumerable<NamespaceLayers> All => _namespaces.Values;

    public NamespaceLayers? Find(string ns) => _namespaces.GetValueOrDefault(ns);

    public LayerEntry? Find(in LayerSlot slot) => Find(slot.Namespace)?.Find(slot.Scope, slot.Key);

    /// <summary>Namespaces with an override or a runtime override in this environment itself.</summary>
    public IEnumerable<string> NamespacesWithLayersIn(string environment) =>
        from layers in _namespaces.Values
        where layers.Find(LayerScope.Environment, environment)?.Content is not null || layers.Find(LayerScope.Runtime, environment)?.Content is not null
        orderby layers.Name
        select layers.Name;

    public override KindIndex With(Document document, object? model)
    {
        // The address was checked when the document was parsed; a tombstone has the address of such a document.
        if (!LayerSlot.TryParse(document.Address, out var slot, out var problem))
            throw new InvalidDataException(problem);
        var layer = (Layer?)model;
        var layers = _namespaces.GetValueOrDefault(slot.Namespace) ?? NamespaceLayers.EmptyOf(slot.Namespace);
        return new ConfigIndex(
            _namespaces.SetItem(slot.Namespace, layers.With(new LayerEntry(slot, document, layer))),
            layer?.ExpiresAt is { } end ? _expiring.SetItem(slot, end) : _expiring.Remove(slot),
            layer?.References is { IsEmpty: false } references ? _referring.SetItem(slot, references) : _referring.Remove(slot));
    }
}
