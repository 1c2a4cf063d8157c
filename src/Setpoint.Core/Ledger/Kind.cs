using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Core.Ledger;

/// <summary>
/// What documents below one first segment mean: how they are read into a checked model, what is known about them in a snapshot, and
/// which rules they obey. A new capability is a new kind.
/// </summary>
public abstract class Kind
{
    /// <summary>The first segment of the addresses.</summary>
    public abstract string Name { get; }

    /// <summary>What a snapshot knows of this kind before it has any document.</summary>
    public abstract KindIndex EmptyIndex { get; }

    /// <summary>Rules over the whole candidate; the shape of one document is checked by <see cref="Parse"/>.</summary>
    public virtual ImmutableArray<Rule> Rules => [];

    /// <summary>Reads a document into its checked, immutable model, and reports every way in which its shape is wrong.</summary>
    /// <returns>The model; null only if something was reported.</returns>
    public abstract object? Parse(Address address, JsonObject body, ViolationList violations);

    /// <summary>
    /// What is known of a document that <see cref="Parse"/> refused, so that others are judged beside it and so is the rest of itself; null if
    /// that is nothing. No rule explains by it what only the mistake explains: see <see cref="RuleContext.IsRefused"/>.
    /// </summary>
    public virtual object? ReadPartly(Address address, JsonObject body) => null;

    /// <summary>
    /// The namespace that a document belongs to, and goes with when that is removed; null if documents of this kind belong to none.
    /// </summary>
    public virtual string? NamespaceOf(Address address) => null;

    /// <summary>True: a document for a namespace that does not exist creates it, in the same commit.</summary>
    public virtual bool CreatesNamespaces => false;

    /// <summary>
    /// Changes that follow from these and join the same commit, for example the namespace that a first configuration creates. What should
    /// follow and cannot is reported.
    /// </summary>
    public virtual IEnumerable<ProposedChange> Imply(Snapshot before, IReadOnlyList<ProposedChange> changes, ViolationList violations) => [];
}

/// <summary>What a snapshot knows of one kind: an immutable fold over its documents.</summary>
public abstract class KindIndex
{
    /// <summary>This index after the document changed.</summary>
    /// <param name="document">As the commit left it.</param>
    /// <param name="model">Its model; null if it is a tombstone.</param>
    public abstract KindIndex With(Document document, object? model);
}

/// <summary>A pure check of a candidate snapshot. It reports every violation it finds.</summary>
public abstract class Rule
{
    public abstract void Check(RuleContext context, ViolationList violations);
}

/// <summary>What a rule looks at.</summary>
/// <param name="Before">The snapshot as it is.</param>
/// <param name="Candidate">The snapshot as it would be.</param>
/// <param name="Changes">What makes the difference.</param>
/// <param name="Now">The time of the commit.</param>
public sealed record RuleContext(Snapshot Before, Snapshot Candidate, ImmutableArray<DocumentChange> Changes, DateTimeOffset Now)
{
    /// <summary>
    /// Documents of the commit that are refused already. Of some the candidate knows a part, of others nothing.
    /// </summary>
    public IReadOnlySet<Address> Refused { get; init; } = ImmutableHashSet<Address>.Empty;

    /// <summary>
    /// True: that the document is not there, or lacks something, is the mistake that was reported, and not another one of whoever names it.
    /// </summary>
    public bool IsRefused(string kind, params ReadOnlySpan<string> segments) =>
        Refused.Count > 0 && Address.TryOf(kind, segments, out var address, out _) && Refused.Contains(address);
}
