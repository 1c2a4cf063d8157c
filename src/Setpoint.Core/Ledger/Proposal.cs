using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Core.Ledger;

/// <summary>What somebody wants to change. Nothing enters the ledger in another way.</summary>
/// <param name="Actor">Who: a principal's name, <c>file:&lt;path&gt;</c> or <c>system:&lt;what&gt;</c>.</param>
/// <param name="Message">Why; may be empty.</param>
/// <param name="Tags">Labels for the commit.</param>
/// <param name="Plan">
/// Makes the changes out of the snapshot that they are judged against. A pure function: it runs in the writer, so that a read-modify-write
/// such as a patch never loses a concurrent change, and it runs again where the ledger has moved on meanwhile.
/// </param>
public sealed record Proposal(
    string Actor,
    string Message,
    ImmutableArray<string> Tags,
    Func<PlanContext, Result<ImmutableArray<ProposedChange>>> Plan)
{
    /// <summary>Set by a rollback: the version whose content it brings back.</summary>
    public long? RollbackTo { get; init; }
}

/// <summary>What a plan may look at.</summary>
/// <param name="Before">The snapshot that the changes will be applied to.</param>
/// <param name="Now">The time that the commit will carry.</param>
public sealed record PlanContext(Snapshot Before, DateTimeOffset Now)
{
    internal ViolationList Violations { get; } = new();

    internal HashSet<Address> Unread { get; } = [];

    /// <summary>
    /// Says what of the request no change can be made of. The commit is refused with it, and with all that is wrong with the changes that
    /// are made: whoever sends a hundred documents hears of every mistake at once.
    /// </summary>
    /// <param name="unread">Documents that would have come of it: that they are not there is nothing to tell anybody.</param>
    public void Refuse(IEnumerable<Violation> violations, IEnumerable<Address> unread)
    {
        ArgumentNullException.ThrowIfNull(violations);
        foreach (var violation in violations)
            Violations.Add(violation);
        Unread.UnionWith(unread);
    }
}

/// <summary>One document as it shall be.</summary>
/// <param name="Body">The whole new document; null removes it.</param>
/// <param name="ExpectedVersion">The version it must have now; 0 = must not exist; null = any.</param>
public sealed record ProposedChange(Address Address, JsonObject? Body, long? ExpectedVersion = null);
