using System.Collections.Immutable;
using Setpoint.Core.Json;

namespace Setpoint.Core.Ledger;

/// <summary>One atomic change of any number of documents, and its place in the hash chain.</summary>
/// <param name="Revision">1, 2, 3, ... without gaps.</param>
/// <param name="At">When it was judged, UTC, in whole milliseconds; never before the commit before it.</param>
/// <param name="Actor">Who.</param>
/// <param name="Message">Why; may be empty.</param>
/// <param name="Tags">Free labels of the commit.</param>
/// <param name="RollbackTo">The version whose content this commit brought back; null for an ordinary change.</param>
/// <param name="Changes">In the order of the proposal; an address occurs once.</param>
/// <param name="PreviousHash">Hash of the commit before it.</param>
/// <param name="Hash">See <see cref="CommitHash"/>.</param>
public sealed record Commit(
    long Revision,
    DateTimeOffset At,
    string Actor,
    string Message,
    ImmutableArray<string> Tags,
    long? RollbackTo,
    ImmutableArray<DocumentChange> Changes,
    Fingerprint PreviousHash,
    Fingerprint Hash);

/// <summary>What one commit did to one document.</summary>
/// <param name="Before">The document before; null if it did not exist (or had been removed).</param>
/// <param name="After">The document after; a tombstone if the commit removed it.</param>
public sealed record DocumentChange(Document? Before, Document After)
{
    public Address Address => After.Address;
}
