using System.Collections.Immutable;
using System.Text;
using Setpoint.Core.Faults;

namespace Setpoint.Core.Ledger;

/// <summary>
/// Where every change is judged. Pure: the same snapshot, proposal and time give the same verdict.
/// </summary>
/// <remarks>
/// Steps: 1. run the plan against the snapshot; 2. add what the changes imply; 3. check expected versions; 4. drop changes that change
/// nothing; 5. check limits and shapes; 6. build the candidate; 7. let every rule of every kind look at it; 8. those over effective
/// configurations; 9. make the commit. Steps 5, 7 and 8 report everything they find, whatever was found before: what is refused takes no
/// part in the next step, and the rest does. Nothing is reported that only follows from another mistake.
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
        var planning = new PlanContext(before, at);
        if (!proposal.Plan(planning).TryGet(out var planned, out var planFault))
            return planFault;
        if (planned.Length > Limits.CommitChangesMax)
            return new Fault.TooLarge($"The commit changes {planned.Length} documents; the limit is {Limits.CommitChangesMax}. Split it.");

        var violations = planning.Violations;
        var wanted = WithoutUnknown(before.Catalog, WithImplied(before, planned, violations), violations);
        foreach (var change in wanted)
        {
            if (change.ExpectedVersion is { } expected && (before.Find(change.Address)?.Version ?? 0) is var actual && actual != expected)
                return new Fault.Stale(change.Address, expected, actual);
        }

        var revision = before.Revision + 1;
        var draft = new CommitDraft(before, revision, at, proposal.Actor, violations, planning.Unread);
        foreach (var change in wanted)
        {
            if (draft.Add(change) is { } sizeFault)
                return sizeFault;
        }

        if (draft.IsEmpty && violations.Count == 0)
            return new Verdict(null, before, draft.Unchanged, []);

        var candidate = draft.Build(out var made);
        var context = new RuleContext(before, candidate, made, at) { Refused = draft.Refused };
        foreach (var kind in before.Catalog.Kinds)
        {
            foreach (var rule in kind.Rules)
                rule.Check(context, violations);
        }

        // Effective configurations are only looked at where the documents that they are merged of are in order: a parent that does not
        // exist would else be explained a second time by everything that inherits from it.
        if (violations.Count > 0)
            context = context with { Refused = violations.ToImmutable().Select(violation => violation.Address).OfType<Address>().Union(draft.Refused).ToHashSet() };
        foreach (var rule in before.Catalog.EffectiveRules)
            rule.Check(context, violations);

        if (violations.Count > 0)
            return violations.ToFault();

        var hash = CommitHash.Of(revision, at, proposal.Actor, proposal.Message, proposal.Tags, proposal.RollbackTo, made, before.Hash);
        var commit = new Commit(revision, at, proposal.Actor, proposal.Message, proposal.Tags, proposal.RollbackTo, made, before.Hash, hash);
        return new Verdict(commit, candidate.SealedBy(hash), draft.Unchanged, violations.Warnings);
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

    /// <summary>The changes that can be judged; of the others it is reported why.</summary>
    private static List<ProposedChange> WithoutUnknown(KindCatalog catalog, List<ProposedChange> wanted, ViolationList violations)
    {
        var seen = new HashSet<Address>(wanted.Count);
        var twice = new HashSet<Address>();
        var known = new List<ProposedChange>(wanted.Count);
        foreach (var change in wanted)
        {
            if (!seen.Add(change.Address))
            {
                if (!twice.Add(change.Address))
                    continue;
                violations.Add(change.Address, "", ViolationCode.ConstraintViolation, $"{change.Address} occurs twice in one commit; say once what it shall be.");
            }
            else if (!catalog.TryFind(change.Address.Kind, out _))
            {
                violations.Add(change.Address, "", ViolationCode.UnknownReference,
                    $"{change.Address}: there is no kind '{change.Address.Kind}'; known are {string.Join(", ", catalog.Kinds.Select(kind => kind.Name))}.");
            }
            else
            {
                known.Add(change);
            }
        }

        return known;
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
