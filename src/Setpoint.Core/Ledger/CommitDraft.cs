using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Core.Ledger;

/// <summary>The changes of a proposal on their way to a candidate: what changes nothing is left out, what cannot be read is set apart. Not thread-safe.</summary>
/// <param name="violations">Hears of every document that cannot be read.</param>
/// <param name="unread">Documents of the request that did not even become changes.</param>
internal sealed class CommitDraft(Snapshot before, long revision, DateTimeOffset at, string actor, ViolationList violations, IReadOnlySet<Address> unread)
{
    private readonly ImmutableArray<UnchangedDocument>.Builder _unchanged = ImmutableArray.CreateBuilder<UnchangedDocument>();
    private readonly List<DocumentChange> _changes = [];
    private readonly List<object?> _models = [];

    // Documents that exist and shall become what cannot be read. They are in the candidate as little as new ones are.
    private readonly List<DocumentChange> _lost = [];
    private readonly HashSet<Address> _refused = [.. unread];

    public ImmutableArray<UnchangedDocument> Unchanged => _unchanged.ToImmutable();

    /// <summary>Documents whose shape is wrong, and those that were not read at all.</summary>
    public IReadOnlySet<Address> Refused => _refused;

    public bool IsEmpty => _changes.Count == 0;

    /// <summary>Why the change is too large; null if it is not.</summary>
    public Fault.TooLarge? Add(ProposedChange change)
    {
        var current = before.Find(change.Address);
        var isKept = change.Body is not null && ReferenceEquals(change.Body, current?.Body);
        // Before the fingerprint: a plan may make a value whose parts are shared, and that has no end when written out.
        if (change.Body is not null && !isKept && JsonMeasure.Check(change.Body, JsonLimits.Document) is { } fault)
            return new($"{change.Address}: {fault.Message}");
        var fingerprint = change.Body is null ? Fingerprint.None
            : isKept ? current!.Fingerprint
            : CanonicalJson.FingerprintOf(change.Body);
        if ((current?.Fingerprint ?? Fingerprint.None) == fingerprint)
        {
            _unchanged.Add(new(change.Address, current?.Version ?? 0));
            return null;
        }

        var made = new DocumentChange(current, new Document(change.Address, revision, change.Body, fingerprint, actor, at));
        if (change.Body is null)
            Take(made, model: null);
        else
            Read(made, change.Body);
        return null;
    }

    /// <summary>The snapshot as it would be.</summary>
    /// <param name="changes">What rules are to look at.</param>
    public Snapshot Build(out ImmutableArray<DocumentChange> changes)
    {
        changes = [.. _changes];
        return _lost.Count == 0
            ? before.With(revision, at, changes, _models)
            : before.With(revision, at, [.. _lost, .. changes], [.. _lost.Select(_ => (object?)null), .. _models]);
    }

    private void Read(DocumentChange change, JsonObject body)
    {
        var address = change.Address;
        before.Catalog.TryFind(address.Kind, out var kind);
        var known = violations.Count;
        var model = kind!.Parse(address, body, violations);
        if (violations.Count > known)
            _refused.Add(address);
        if ((model ?? kind.ReadPartly(address, body)) is { } read)
            Take(change, read);
        else if (change.Before is { } current)
            _lost.Add(new(current, new Document(address, revision, null, Fingerprint.None, actor, at)));
    }

    private void Take(DocumentChange change, object? model)
    {
        _changes.Add(change);
        _models.Add(model);
    }
}
