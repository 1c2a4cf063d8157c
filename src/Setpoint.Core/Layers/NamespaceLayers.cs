using System.Collections.Immutable;

namespace Setpoint.Core.Layers;

/// <summary>All layers of one namespace. Immutable.</summary>
public sealed class NamespaceLayers
{
    private static readonly ImmutableDictionary<string, LayerEntry> None = ImmutableDictionary.Create<string, LayerEntry>(StringComparer.Ordinal);

    private readonly ImmutableDictionary<string, LayerEntry> _environments;
    private readonly ImmutableDictionary<string, LayerEntry> _users;
    private readonly ImmutableDictionary<string, LayerEntry> _runtime;

    private NamespaceLayers(
        string name,
        LayerEntry? baseLayer,
        ImmutableDictionary<string, LayerEntry> environments,
        ImmutableDictionary<string, LayerEntry> users,
        ImmutableDictionary<string, LayerEntry> runtime,
        int keys,
        int layerCount)
    {
        Name = name;
        Base = baseLayer;
        _environments = environments;
        _users = users;
        _runtime = runtime;
        Keys = keys;
        LayerCount = layerCount;
    }

    public string Name { get; }

    public LayerEntry? Base { get; }

    /// <summary>Leaves in all layers.</summary>
    public int Keys { get; }

    /// <summary>Layers that exist.</summary>
    public int LayerCount { get; }

    public bool HasLayers => LayerCount > 0;

    /// <summary>Every layer, removed ones included, in no particular order.</summary>
    public IEnumerable<LayerEntry> All => AllButUsers.Concat(_users.Values);

    /// <summary>Every layer that is not a user's. They are few, however many users there are.</summary>
    public IEnumerable<LayerEntry> AllButUsers
    {
        get
        {
            if (Base is not null)
                yield return Base;
            foreach (var entry in _environments.Values)
                yield return entry;
            foreach (var entry in _runtime.Values)
                yield return entry;
        }
    }

    /// <summary>Users with settings of their own, in order of name.</summary>
    public IEnumerable<string> Users =>
        _users.Values.Where(entry => entry.Content is not null).Select(entry => entry.Slot.Key).Order(StringComparer.Ordinal);

    /// <summary>Environments in which it has an override, in order of name.</summary>
    public IEnumerable<string> OverridingEnvironments =>
        _environments.Values.Where(entry => entry.Content is not null).Select(entry => entry.Slot.Key).Order(StringComparer.Ordinal);

    public LayerEntry? Find(LayerScope scope, string key) => scope switch
    {
        LayerScope.Base => Base,
        LayerScope.Environment => _environments.GetValueOrDefault(key),
        LayerScope.User => _users.GetValueOrDefault(key),
        LayerScope.Runtime => _runtime.GetValueOrDefault(key),
        _ => throw new ArgumentOutOfRangeException(nameof(scope), scope, "Unknown scope."),
    };

    internal static NamespaceLayers EmptyOf(string name) => new(name, null, None, None, None, 0, 0);

    internal NamespaceLayers With(LayerEntry entry)
    {
        var old = Find(entry.Slot.Scope, entry.Slot.Key)?.Content;
        var keys = Keys - (old?.Keys ?? 0) + (entry.Content?.Keys ?? 0);
        var count = LayerCount - (old is null ? 0 : 1) + (entry.Content is null ? 0 : 1);
        return entry.Slot.Scope switch
        {
            LayerScope.Base => new(Name, entry, _environments, _users, _runtime, keys, count),
            LayerScope.Environment => new(Name, Base, _environments.SetItem(entry.Slot.Key, entry), _users, _runtime, keys, count),
            LayerScope.User => new(Name, Base, _environments, _users.SetItem(entry.Slot.Key, entry), _runtime, keys, count),
            LayerScope.Runtime => new(Name, Base, _environments, _users, _runtime.SetItem(entry.Slot.Key, entry), keys, count),
            _ => throw new InvalidOperationException($"Unknown scope {entry.Slot.Scope}."),
        };
    }
}
