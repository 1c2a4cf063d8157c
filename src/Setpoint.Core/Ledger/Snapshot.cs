using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Core.Ledger;

/// <summary>
/// The state of all documents at one revision: the fold of commits 1 to N. Immutable; the next one shares all that did not change.
/// </summary>
public sealed class Snapshot
{
    private readonly ImmutableDictionary<Address, Document> _documents;
    private readonly ImmutableArray<KindIndex> _indexes;

    private Snapshot(
        KindCatalog catalog,
        long revision,
        Fingerprint hash,
        DateTimeOffset at,
        ImmutableDictionary<Address, Document> documents,
        ImmutableArray<KindIndex> indexes)
    {
        Catalog = catalog;
        Revision = revision;
        Hash = hash;
        At = at;
        _documents = documents;
        _indexes = indexes;
    }

    public KindCatalog Catalog { get; }

    /// <summary>0 before the first commit.</summary>
    public long Revision { get; }

    /// <summary>Hash of the commit that made it.</summary>
    public Fingerprint Hash { get; }

    /// <summary>Time of the commit that made it.</summary>
    public DateTimeOffset At { get; }

    /// <summary>Number of documents, tombstones included.</summary>
    public int Count => _documents.Count;

    /// <summary>Every document, tombstones included, in no particular order.</summary>
    public IEnumerable<Document> Documents => _documents.Values;

    public static Snapshot Empty(KindCatalog catalog) => new(
        catalog, 0, Fingerprint.None, default, ImmutableDictionary<Address, Document>.Empty, [.. catalog.Kinds.Select(kind => kind.EmptyIndex)]);

    /// <summary>Makes a snapshot of stored documents.</summary>
    /// <exception cref="InvalidDataException">A stored document is of an unknown kind or has a shape that its kind cannot read.</exception>
    public static Snapshot Load(KindCatalog catalog, long revision, Fingerprint hash, DateTimeOffset at, IEnumerable<Document> documents)
    {
        var empty = Empty(catalog);
        var all = empty._documents.ToBuilder();
        var indexes = empty._indexes.ToBuilder();
        var violations = new ViolationList();
        foreach (var document in documents)
        {
            if (!catalog.TryFindPosition(document.Address.Kind, out var position))
                throw new InvalidDataException($"The ledger holds {document.Address}, of a kind that this server does not know; start a newer server.");
            var model = document.Body is null ? null : catalog.Kinds[position].Parse(document.Address, document.Body, violations);
            if (document.Exists && model is null)
                throw new InvalidDataException($"The ledger holds {document.Address} version {document.Version}, which cannot be read: {violations.ToImmutable()[^1].Message}");
            all[document.Address] = document;
            indexes[position] = indexes[position].With(document, model);
        }

        return new(catalog, revision, hash, at, all.ToImmutable(), indexes.ToImmutable());
    }

    /// <summary>The document at this address, if it exists.</summary>
    public Document? Find(Address address) => _documents.TryGetValue(address, out var document) && document.Exists ? document : null;

    /// <summary>The document or the tombstone at this address; null if there never was one.</summary>
    public Document? FindWithTombstone(Address address) => _documents.GetValueOrDefault(address);

    /// <summary>What is known of one kind.</summary>
    public T Index<T>(string kind) where T : KindIndex =>
        Catalog.TryFindPosition(kind, out var position)
            ? (T)_indexes[position]
            : throw new InvalidOperationException($"The catalog has no kind '{kind}'.");

    /// <summary>The snapshot after these changes, not yet a revision of its own: what rules look at.</summary>
    internal Snapshot With(long revision, DateTimeOffset at, IReadOnlyList<DocumentChange> changes, IReadOnlyList<object?> models)
    {
        var documents = _documents;
        var indexes = _indexes.ToBuilder();
        for (var i = 0; i < changes.Count; i++)
        {
            var document = changes[i].After;
            documents = documents.SetItem(document.Address, document);
            if (!Catalog.TryFindPosition(document.Address.Kind, out var position))
                throw new InvalidOperationException($"The catalog has no kind for {document.Address}.");
            indexes[position] = indexes[position].With(document, models[i]);
        }

        return new(Catalog, revision, Fingerprint.None, at, documents, indexes.MoveToImmutable());
    }

    /// <summary>The same snapshot as the result of this commit.</summary>
    internal Snapshot SealedBy(Fingerprint hash) => new(Catalog, Revision, hash, At, _documents, _indexes);

    /// <summary>The snapshot after a commit that another server made, or that is replayed.</summary>
    /// <exception cref="InvalidDataException">The commit does not follow this snapshot.</exception>
    public Snapshot Apply(Commit commit)
    {
        if (commit.Revision != Revision + 1 || commit.PreviousHash != Hash)
            throw new InvalidDataException($"Commit {commit.Revision} does not follow revision {Revision}.");
        var violations = new ViolationList();
        var models = new object?[commit.Changes.Length];
        for (var i = 0; i < models.Length; i++)
        {
            var after = commit.Changes[i].After;
            if (!Catalog.TryFind(after.Address.Kind, out var kind))
                throw new InvalidDataException($"Commit {commit.Revision} changes {after.Address}, of a kind that this server does not know.");
            models[i] = after.Body is null ? null : kind.Parse(after.Address, after.Body, violations)
                ?? throw new InvalidDataException($"Commit {commit.Revision} holds {after.Address}, which cannot be read.");
        }

        return With(commit.Revision, commit.At, commit.Changes, models).SealedBy(commit.Hash);
    }
}
