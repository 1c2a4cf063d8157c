using Setpoint.Core.Layers;
using Setpoint.Faults.Ledger;

namespace Setpoint.Faults.Linearizability;

/// <summary>Turns what clients saw into a history that the checker knows.</summary>
internal static class RegisterHistory
{
    /// <summary>
    /// The server's versions are revisions of the whole ledger; the model counts 1, 2, 3 for each key. The ledger tells which of a key's
    /// versions is the how-manieth. A version that the ledger does not list was never committed, and no client may have seen it.
    /// </summary>
    public static List<Operation> Count(IEnumerable<Operation> seen, LedgerAudit audit)
    {
        var ranks = new Dictionary<(string Key, long Version), long>();
        foreach (var key in seen.Select(operation => operation.Key).Distinct(StringComparer.Ordinal))
        {
            ranks[(key, 0)] = 0;
            var rank = 0;
            foreach (var version in audit.VersionsOf(LayerSlot.BaseOf(key).ToAddress()))
                ranks[(key, version)] = ++rank;
        }

        long Rank(Operation operation, long version, string what) => ranks.TryGetValue((operation.Key, version), out var rank)
            ? rank
            : throw new ShouldAssertException($"GHOST: {what} {version} of {operation.Key}, which is not in the ledger: {operation}");

        return [.. seen.Select(operation => operation with
        {
            Expect = operation.Expect == Operation.Any ? Operation.Any : Rank(operation, operation.Expect, "a client was told of version"),
            Version = operation.Outcome == OperationOutcome.Unknown ? 0 : Rank(operation, operation.Version, "a client was answered with version"),
        })];
    }
}
