using System.Collections.Immutable;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Flags;

/// <summary>The flags of all namespaces, and who names what.</summary>
public sealed class FlagIndex : KindIndex
{
    internal static readonly FlagIndex Empty = new(
        ImmutableSortedDictionary.Create<string, NamespaceFlags>(StringComparer.Ordinal), NameLinks.Empty, NameLinks.Empty);

    private readonly ImmutableSortedDictionary<string, NamespaceFlags> _namespaces;
    private readonly NameLinks _segments;
    private readonly NameLinks _environments;

    private FlagIndex(ImmutableSortedDictionary<string, NamespaceFlags> namespaces, NameLinks segments, NameLinks environments)
    {
        _namespaces = namespaces;
        _segments = segments;
        _environments = environments;
    }

    /// <summary>Namespaces that have a flag, in order.</summary>
    public IEnumerable<string> Namespaces => _namespaces.Where(entry => !entry.Value.Flags.IsEmpty).Select(entry => entry.Key);

    /// <summary>The flags of one namespace.</summary>
    public NamespaceFlags In(string ns) => _namespaces.GetValueOrDefault(ns) ?? NamespaceFlags.Empty;

    public Flag? Find(string ns, string key) => In(ns).Flags.GetValueOrDefault(key);

    /// <summary>Addresses of the flags, of any namespace, whose expressions name a segment of this key.</summary>
    public ImmutableSortedSet<string> UsersOfSegment(string key) => _segments.UsersOf(key);

    /// <summary>Addresses of the flags that say something for this environment.</summary>
    public ImmutableSortedSet<string> UsersOfEnvironment(string name) => _environments.UsersOf(name);

    public override KindIndex With(Document document, object? model)
    {
        var (ns, key) = (document.Address.Segments[1], document.Address.Segments[2]);
        var before = Find(ns, key);
        var after = model is Flag flag ? flag with { Version = document.Version } : null;
        var user = document.Address.Text;
        return new FlagIndex(
            _namespaces.SetItem(ns, In(ns).With(key, before, after, document.Version)),
            _segments.With(user, before?.Segments ?? [], after?.Segments ?? []),
            _environments.With(user, EnvironmentsOf(before), EnvironmentsOf(after)));
    }

    /// <summary>An experiment belongs to its environment as settings do: neither may be left behind.</summary>
    private static IEnumerable<string> EnvironmentsOf(Flag? flag) =>
        flag is null ? [] : flag.Experiment is { } experiment ? flag.Environments.Keys.Append(experiment.Environment).Distinct() : flag.Environments.Keys;
}

/// <summary>The flags of one namespace. Immutable: the same instance means the same flags.</summary>
public sealed class NamespaceFlags
{
    internal static readonly NamespaceFlags Empty = new(
        ImmutableSortedDictionary.Create<string, Flag>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, long>(StringComparer.Ordinal),
        NameLinks.Empty,
        version: 0);

    private readonly ImmutableDictionary<string, long> _versions;
    private readonly NameLinks _dependents;
    private Flag[]? _all;

    private NamespaceFlags(ImmutableSortedDictionary<string, Flag> flags, ImmutableDictionary<string, long> versions, NameLinks dependents, long version)
    {
        Flags = flags;
        Version = version;
        _versions = versions;
        _dependents = dependents;
    }

    /// <summary>By key, in ordinal order.</summary>
    public ImmutableSortedDictionary<string, Flag> Flags { get; }

    /// <summary>In order of key.</summary>
    public IReadOnlyList<Flag> All => _all ??= [.. Flags.Values];

    /// <summary>The newest version of any flag's document here, removals included; 0 if there never was one.</summary>
    public long Version { get; }

    /// <summary>The newest version of this flag's document, its removal included; 0 if there never was one.</summary>
    public long VersionOf(string key) => _versions.GetValueOrDefault(key);

    /// <summary>Keys of the flags that were written or removed in this revision or after it, in no particular order.</summary>
    public IEnumerable<string> ChangedSince(long revision) => _versions.Where(entry => entry.Value >= revision).Select(entry => entry.Key);

    /// <summary>Keys of the flags that name this one in their own dependencies, in order.</summary>
    public ImmutableSortedSet<string> DependentsOf(string key) => _dependents.UsersOf(key);

    internal NamespaceFlags With(string key, Flag? before, Flag? after, long version) => new(
        after is null ? Flags.Remove(key) : Flags.SetItem(key, after),
        _versions.SetItem(key, version),
        _dependents.With(
            key,
            before?.Dependencies.Select(dependency => dependency.Flag) ?? [],
            after?.Dependencies.Select(dependency => dependency.Flag) ?? []),
        Math.Max(Version, version))
    {
        _all = _all is { } all && before is not null && after is not null ? Replace(all, before, after) : null,
    };

    /// <summary>To copy references is a hundred times faster than to walk the tree again.</summary>
    private static Flag[] Replace(Flag[] all, Flag before, Flag after)
    {
        var next = all.ToArray();
        next[Array.BinarySearch(all, before, Comparer<Flag>.Create(static (one, other) => string.CompareOrdinal(one.Key, other.Key)))] = after;
        return next;
    }
}
