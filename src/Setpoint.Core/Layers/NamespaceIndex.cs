using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Layers;

/// <summary>All namespaces, and who includes whom.</summary>
public sealed class NamespaceIndex : KindIndex
{
    internal static readonly NamespaceIndex Empty = new(
        ImmutableSortedDictionary.Create<string, Namespace>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, long>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, ImmutableSortedSet<string>>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, ImmutableSortedSet<string>>(StringComparer.OrdinalIgnoreCase));

    private readonly ImmutableSortedDictionary<string, Namespace> _namespaces;
    private readonly ImmutableDictionary<string, long> _versions;
    private readonly ImmutableDictionary<string, ImmutableSortedSet<string>> _includers;
    private readonly ImmutableDictionary<string, ImmutableSortedSet<string>> _spellings;

    private NamespaceIndex(
        ImmutableSortedDictionary<string, Namespace> namespaces,
        ImmutableDictionary<string, long> versions,
        ImmutableDictionary<string, ImmutableSortedSet<string>> includers,
        ImmutableDictionary<string, ImmutableSortedSet<string>> spellings)
    {
        _namespaces = namespaces;
        _versions = versions;
        _includers = includers;
        _spellings = spellings;
    }

    /// <summary>In order of name.</summary>
    public IEnumerable<Namespace> All => _namespaces.Values;

    public int Count => _namespaces.Count;

    public bool Contains(string name) => _namespaces.ContainsKey(name);

    public bool TryFind(string name, [NotNullWhen(true)] out Namespace? found) => _namespaces.TryGetValue(name, out found);

    /// <summary>The newest version of this namespace's document, its removal included; 0 if there never was one.</summary>
    public long VersionOf(string name) => _versions.GetValueOrDefault(name);

    /// <summary>Those that name this one in their own includes, in order of name.</summary>
    public ImmutableSortedSet<string> IncludersOf(string name) => _includers.GetValueOrDefault(name) ?? ImmutableSortedSet<string>.Empty;

    /// <summary>Names that exist and equal this one but for case, itself included.</summary>
    public ImmutableSortedSet<string> SpellingsOf(string name) => _spellings.GetValueOrDefault(name) ?? ImmutableSortedSet<string>.Empty;

    /// <summary>This namespace and all that include it, directly or through others.</summary>
    public IReadOnlyCollection<string> DependentsOf(string name)
    {
        var found = new HashSet<string>(StringComparer.Ordinal) { name };
        var open = new Queue<string>([name]);
        while (open.TryDequeue(out var next))
        {
            foreach (var includer in IncludersOf(next))
            {
                if (found.Add(includer))
                    open.Enqueue(includer);
            }
        }

        return found;
    }

    /// <summary>
    /// All that this namespace includes, directly or through others, lowest first: what an included one includes lies below it, and one
    /// that is reached twice stands where it is reached first.
    /// </summary>
    public ImmutableArray<string> IncludedBy(string name)
    {
        if (!_namespaces.TryGetValue(name, out var root) || root.Includes.IsEmpty)
            return [];
        var order = ImmutableArray.CreateBuilder<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal) { name };
        foreach (var include in root.Includes)
            Visit(include, order, seen);
        return order.ToImmutable();
    }

    public override KindIndex With(Document document, object? model)
    {
        var name = document.Address.Segments[1];
        var old = _namespaces.GetValueOrDefault(name);
        var now = model as Namespace;
        var includers = _includers;
        foreach (var include in old?.Includes ?? [])
            includers = includers.SetItem(include, includers[include].Remove(name));
        foreach (var include in now?.Includes ?? [])
            includers = includers.SetItem(include, (includers.GetValueOrDefault(include) ?? EmptyNames).Add(name));

        var spellings = _spellings;
        if (old is null != now is null)
        {
            var known = spellings.GetValueOrDefault(name) ?? EmptyNames;
            spellings = spellings.SetItem(name, now is null ? known.Remove(name) : known.Add(name));
        }

        return new NamespaceIndex(
            now is null ? _namespaces.Remove(name) : _namespaces.SetItem(name, now),
            _versions.SetItem(name, document.Version),
            includers,
            spellings);
    }

    private static ImmutableSortedSet<string> EmptyNames { get; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    private void Visit(string name, ImmutableArray<string>.Builder order, HashSet<string> seen)
    {
        if (!seen.Add(name))
            return;
        foreach (var include in _namespaces.GetValueOrDefault(name)?.Includes ?? [])
            Visit(include, order, seen);
        order.Add(name);
    }
}
