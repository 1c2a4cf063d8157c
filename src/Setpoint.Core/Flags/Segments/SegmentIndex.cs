using System.Collections.Immutable;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Flags.Segments;

/// <summary>The segments of all namespaces.</summary>
public sealed class SegmentIndex : KindIndex
{
    internal static readonly SegmentIndex Empty = new(
        ImmutableSortedDictionary.Create<string, ImmutableSortedDictionary<string, Segment>>(StringComparer.Ordinal),
        ImmutableDictionary<Address, long>.Empty);

    private static readonly ImmutableSortedDictionary<string, Segment> None = ImmutableSortedDictionary.Create<string, Segment>(StringComparer.Ordinal);

    private readonly ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, Segment>> _namespaces;
    private readonly ImmutableDictionary<Address, long> _versions;

    private SegmentIndex(
        ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, Segment>> namespaces, ImmutableDictionary<Address, long> versions)
    {
        _namespaces = namespaces;
        _versions = versions;
    }

    /// <summary>The segments of one namespace by key.</summary>
    public ImmutableSortedDictionary<string, Segment> In(string ns) => _namespaces.GetValueOrDefault(ns) ?? None;

    /// <summary>What a flag of this namespace means by the key: the namespace's own segment, else the one of <c>global</c>.</summary>
    public Segment? Find(string ns, string key) => In(ns).GetValueOrDefault(key) ?? In(Names.Global).GetValueOrDefault(key);

    /// <summary>The newest version of the document, its removal included; 0 if there never was one.</summary>
    public long VersionOf(string ns, string key) => _versions.GetValueOrDefault(SegmentKind.AddressOf(ns, key));

    public override KindIndex With(Document document, object? model)
    {
        var (ns, key) = (document.Address.Segments[1], document.Address.Segments[2]);
        var segments = model is Segment segment
            ? In(ns).SetItem(key, segment with { Version = document.Version })
            : In(ns).Remove(key);
        return new SegmentIndex(_namespaces.SetItem(ns, segments), _versions.SetItem(document.Address, document.Version));
    }
}
