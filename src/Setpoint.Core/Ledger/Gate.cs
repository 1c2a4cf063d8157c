using System.Collections.Immutable;
using System.Text;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Core.Ledger;

/// <summary>
/// Where every change is judged. Pure: the same snapshot, proposal and time give the same verdict.
/// </summary>
/// <remarks>
/// Steps: 1. run the plan against the snapshot; 2. add what the changes imply; 3. check expected versions; 4. drop changes that change
/// nothing; 5. check limits and shapes; 6. build the candidate; 7. let every rule of every kind look at it, then those over effective configurations; 8. make the commit. Steps 5
/// and 7 report everything they find; rules only run on documents whose shape is right.
/// </remarks>
public static class Gate
{
    /// <summary>Judges a proposal.</summary>
    /// <param name="before">The newest snapshot.</param>
    /// <param name="proposal">What shall change.</param>
    /// <param name="now">The clock; the commit's time is this or, where clocks went back, that of the commit before it.</param>
    public static Result<Verdict> Judge(Snapshot before, Proposal proposal, DateTimeOffset now)
    {
        var at = CommitTime(before, now);
        if (CheckLabels(proposal) is { } labelFault)
            return labelFault;
        if (!proposal.Plan(new PlanContext(before, at)).TryGet(out var planned, out var planFault))
            return planFault;
        if (planned.Length > Limits.CommitChangesMax)
            return new Fault.TooLarge($"The commit changes {planned.Length} documents; the limit is {Limits.CommitChangesMax}. Split it.");

        var violations = new ViolationList();
        var wanted = WithImplied(before, planned, violations);
        if (CheckAddresses(before.Catalog, wanted, violations) is { } addressFault)
            return addressFault;
        foreach (var change in wanted)
        {
            if (change.ExpectedVersion is { } expected && (before.Find(change.Address)?.Version ?? 0) is var actual && actual != expected)
                return new Fault.Stale(change.Address, expected, actual);
        }

        var revision = before.Revision + 1;
        var changes = ImmutableArray.CreateBuilder<DocumentChange>(wanted.Count);
        var models = new List<object?>(wanted.Count);
        var unchanged = ImmutableArray.CreateBuilder<UnchangedDocument>();
        foreach (var change in wanted)
        {
            var current = before.Find(change.Address);
            var isKept = change.Body is not null && ReferenceEquals(change.Body, current?.Body);
            // Before the fingerprint: a plan may make a value whose parts are shared, and that has no end when written out.
            if (change.Body is not null && !isKept && CheckSize(change.Address, change.Body) is { } sizeFault)
                return sizeFault;
            var fingerprint = change.Body is null ? Fingerprint.None
                : isKept ? current!.Fingerprint
                : CanonicalJson.FingerprintOf(change.Body);
            if ((current?.Fingerprint ?? Fingerprint.None) == fingerprint)
            {
                unchanged.Add(new(change.Address, current?.Version ?? 0));
                continue;
            }

            object? model = null;
            if (change.Body is not null)
            {
                before.Catalog.TryFind(change.Address.Kind, out var kind);
                model = kind!.Parse(change.Address, change.Body, violations);
            }

            changes.Add(new DocumentChange(current, new Document(change.Address, revision, change.Body, fingerprint, proposal.Actor, at)));
            models.Add(model);
        }

        if (violations.Count > 0)
            return new Fault.Invalid(violations.ToImmutable());
        if (changes.Count == 0)
            return new Verdict(null, before, unchanged.ToImmutable(), []);

        var made = changes.DrainToImmutable();
        var candidate = before.With(revision, at, made, models);
        var context = new RuleContext(before, candidate, made, at);
        foreach (var kind in before.Catalog.Kinds)
        {
            foreach (var rule in kind.Rules)
                rule.Check(context, violations);
        }

        // Effective configurations are only looked at once the documents that they are merged of are in order: a parent that does not
        // exist would else be explained a second time by everything that inherits from it.
        if (violations.Count == 0)
        {
            foreach (var rule in before.Catalog.EffectiveRules)
                rule.Check(context, violations);
        }

        if (violations.Count > 0)
            return violations.ToFault();

        var hash = CommitHash.Of(revision, at, proposal.Actor, proposal.Message, proposal.Tags, proposal.RollbackTo, made, before.Hash);
        var commit = new Commit(revision, at, proposal.Actor, proposal.Message, proposal.Tags, proposal.RollbackTo, made, before.Hash, hash);
        return new Verdict(commit, candidate.SealedBy(hash), unchanged.ToImmutable(), violations.Warnings);
    }

    private static DateTimeOffset CommitTime(Snapshot before, DateTimeOffset now)
    {
        // Milliseconds are what the ledger writes; a finer time would not survive the store and break the hash.
        var whole = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
        return whole > before.At ? whole : before.At;
    }

    private static Fault? CheckLabels(Proposal proposal)
    {
        var bytes = Encoding.UTF8.GetByteCount(proposal.Message);
        if (bytes > Limits.MessageBytesMax)
            return new Fault.TooLarge($"The commit's message has {bytes} bytes; the limit is {Limits.MessageBytesMax}.");
        if (proposal.Tags.Length > Limits.TagsMax)
            return new Fault.TooLarge($"The commit has {proposal.Tags.Length} tags; the limit is {Limits.TagsMax}.");
        foreach (var tag in proposal.Tags)
        {
            if (tag.Length is 0 or > Limits.TagLengthMax)
                return new Fault.TooLarge($"A tag has {tag.Length} characters; 1 to {Limits.TagLengthMax} are allowed.");
        }

        return null;
    }

    private static List<ProposedChange> WithImplied(Snapshot before, ImmutableArray<ProposedChange> planned, ViolationList violations)
    {
        var wanted = new List<ProposedChange>(planned);
        foreach (var kind in before.Catalog.Kinds)
            wanted.AddRange(kind.Imply(before, planned, violations));
        return wanted;
    }

    private static Fault.Invalid? CheckAddresses(KindCatalog catalog, List<ProposedChange> wanted, ViolationList violations)
    {
        var seen = new HashSet<Address>(wanted.Count);
        foreach (var change in wanted)
        {
            if (!catalog.TryFind(change.Address.Kind, out _))
            {
                violations.Add(change.Address, "", ViolationCode.UnknownReference,
                    $"{change.Address}: there is no kind '{change.Address.Kind}'; known are {string.Join(", ", catalog.Kinds.Select(kind => kind.Name))}.");
            }

            if (!seen.Add(change.Address))
                violations.Add(change.Address, "", ViolationCode.ConstraintViolation, $"{change.Address} occurs twice in one commit; say once what it shall be.");
        }

        return violations.Count > 0 ? new Fault.Invalid(violations.ToImmutable()) : null;
    }

    private static Fault.TooLarge? CheckSize(Address address, JsonObject body)
    {
        return JsonMeasure.Check(body, JsonLimits.Document) is { } fault ? new($"{address}: {fault.Message}") : null;
    }
}

/// <summary>A judged proposal.</summary>
/// <param name="Commit">What to append; null if nothing would change.</param>
/// <param name="After">The snapshot once it is appended.</param>
/// <param name="Unchanged">Documents of the proposal that were already so.</param>
/// <param name="Warnings">What is allowed and worth a word: deprecated settings, rules of severity warning.</param>
public sealed record Verdict(Commit? Commit, Snapshot After, ImmutableArray<UnchangedDocument> Unchanged, ImmutableArray<Violation> Warnings);

/// <param name="Version">0 if it does not exist and was to be removed.</param>
public readonly record struct UnchangedDocument(Address Address, long Version);
