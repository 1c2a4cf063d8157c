using System.Collections.Concurrent;

namespace Setpoint.Faults.Ledger;

/// <summary>
/// What the server said it had done. Every write carries a token as its message, which no other write has, so that it can be found in the
/// ledger: once if it was acknowledged, at most once if it was not.
/// </summary>
internal sealed class Acknowledged
{
    private readonly ConcurrentDictionary<string, long> _revisions = new(StringComparer.Ordinal);

    public int Count => _revisions.Count;

    public IEnumerable<KeyValuePair<string, long>> All => _revisions;

    /// <summary>Records an answer. The same write answered twice must have been given the same revision.</summary>
    public void Add(string token, long revision) =>
        _revisions.GetOrAdd(token, revision).ShouldBe(revision, $"{token} was answered with two revisions");

    public long RevisionOf(string token) => _revisions[token];
}
