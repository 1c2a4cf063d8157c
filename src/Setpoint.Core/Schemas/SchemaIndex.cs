using System.Collections.Immutable;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Schemas;

/// <summary>The schemas of all namespaces.</summary>
public sealed class SchemaIndex : KindIndex
{
    internal static readonly SchemaIndex Empty = new(
        ImmutableSortedDictionary.Create<string, SchemaEntry>(StringComparer.Ordinal),
        ImmutableHashSet.Create<string>(StringComparer.Ordinal),
        ImmutableHashSet.Create<string>(StringComparer.Ordinal),
        ImmutableHashSet.Create<string>(StringComparer.Ordinal));

    private readonly ImmutableSortedDictionary<string, SchemaEntry> _entries;
    private readonly ImmutableHashSet<string> _leaning;
    private readonly ImmutableHashSet<string> _watching;
    private readonly ImmutableHashSet<string> _referring;
    private readonly Lazy<SchemaRegistry> _registry;

    /// <param name="leaning">Namespaces whose schemas may refer to those of others. They are few.</param>
    /// <param name="watching">Namespaces whose rules read other namespaces.</param>
    /// <param name="referring">Namespaces whose defaults may refer to other namespaces.</param>
    private SchemaIndex(
        ImmutableSortedDictionary<string, SchemaEntry> entries,
        ImmutableHashSet<string> leaning,
        ImmutableHashSet<string> watching,
        ImmutableHashSet<string> referring)
    {
        _referring = referring;
        _entries = entries;
        _leaning = leaning;
        _watching = watching;
        _registry = new(MakeRegistry);
    }

    /// <summary>Those that exist, in order of namespace.</summary>
    public IEnumerable<SchemaEntry> All => _entries.Values.Where(entry => entry.Content is not null);

    /// <summary>Those that may refer to schemas of other namespaces.</summary>
    public IEnumerable<SchemaEntry> Leaning => _leaning.Select(ns => _entries[ns]);

    /// <summary>Those whose rules read other namespaces.</summary>
    public IEnumerable<SchemaEntry> Watching => _watching.Select(ns => _entries[ns]);

    /// <summary>Those whose defaults may refer to other namespaces.</summary>
    public IEnumerable<SchemaEntry> Referring => _referring.Select(ns => _entries[ns]);

    /// <summary>The schema of this namespace, if there is one.</summary>
    public SchemaEntry? Find(string ns) => _entries.GetValueOrDefault(ns) is { Content: not null } entry ? entry : null;

    /// <summary>The newest version of this namespace's schema document, its removal included; 0 if there never was one.</summary>
    public long VersionOf(string ns) => _entries.GetValueOrDefault(ns)?.Document.Version ?? 0;

    public override KindIndex With(Document document, object? model)
    {
        var name = document.Address.Segments[1];
        var content = (ConfigSchema?)model;
        var leaning = content?.MayReferToOthers == true ? _leaning.Add(name) : _leaning.Remove(name);
        var watching = content?.Rules.Any(rule => !rule.Uses.IsEmpty) == true ? _watching.Add(name) : _watching.Remove(name);
        var referring = content?.References.Namespaces.IsEmpty == false ? _referring.Add(name) : _referring.Remove(name);
        var entries = _entries.SetItem(name, new SchemaEntry(document, content, null));
        if (leaning.IsEmpty)
            return new SchemaIndex(entries, leaning, watching, referring);

        // What a schema with references out of itself means depends on the others, so each of them is compiled anew, and forgets what it
        // found valid. They alone know the index they are in; one that outlived it would keep all that was ever replaced.
        var holder = new Holder();
        foreach (var ns in leaning)
            entries = entries.SetItem(ns, new SchemaEntry(entries[ns].Document, entries[ns].Content, holder));
        return holder.Index = new SchemaIndex(entries, leaning, watching, referring);
    }

    private SchemaRegistry MakeRegistry()
    {
        var registry = SchemaRegistry.BuiltIn;
        foreach (var entry in All)
            registry = registry.With(SchemaKind.UriOf(entry.Namespace), entry.Content!.Schema);
        return registry;
    }

    /// <summary>Lets an entry reach the index that it is part of, which is made after it.</summary>
    internal sealed class Holder
    {
        public SchemaIndex? Index { get; set; }

        public SchemaRegistry Registry => Index!._registry.Value;
    }
}
