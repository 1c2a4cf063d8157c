using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Storage;

/// <summary>
/// What every store checks before it writes: that the commits continue the chain. A broken rule here is a bug of the caller,
/// and must not become a ledger that contradicts itself and refuses to open the next time.
/// </summary>
internal static class AppendCheck
{
    /// <summary>A store keeps a change's position in its commit in 16 bits; the Gate's own limit is well below.</summary>
    public const int ChangesMax = 1 << 16;

    /// <exception cref="InvalidOperationException">The commits do not follow <paramref name="head"/>, or contradict themselves.</exception>
    public static void Chain(IReadOnlyList<Commit> commits, LedgerHead head)
    {
        for (var i = 0; i < commits.Count; i++)
        {
            var commit = commits[i];
            if (commit.Revision != head.Revision + 1)
                throw Bug(commit, $"does not follow revision {head.Revision}");
            if (commit.PreviousHash != head.Hash)
                throw Bug(commit, "does not carry the hash of the commit before it");
            if (commit.At < head.At)
                throw Bug(commit, "is older than the commit before it");
            if (commit.At.UtcTicks % TimeSpan.TicksPerMillisecond != 0)
                throw Bug(commit, "has a time that is not in whole milliseconds");
            if (commit.Changes.Length > ChangesMax)
                throw Bug(commit, $"has {commit.Changes.Length} changes; a store takes {ChangesMax}");
            Changes(commit);
            if (CommitHash.Of(commit) != commit.Hash)
                throw Bug(commit, "carries a hash that is not its own");
            head = new(commit.Revision, commit.Hash, commit.At);
        }
    }

    private static void Changes(Commit commit)
    {
        var seen = commit.Changes.Length > 1 ? new HashSet<Address>(commit.Changes.Length) : null;
        foreach (var (before, after) in commit.Changes)
        {
            if (seen is not null && !seen.Add(after.Address))
                throw Bug(commit, $"changes {after.Address} twice");
            if (after.Version != commit.Revision)
                throw Bug(commit, $"writes {after.Address} with version {after.Version}");
            if (after.At != commit.At || !string.Equals(after.Actor, commit.Actor, StringComparison.Ordinal))
                throw Bug(commit, $"writes {after.Address} with another actor or time than its own");
            if (after.Exists == (after.Fingerprint == Fingerprint.None))
                throw Bug(commit, $"writes {after.Address} with a body and no fingerprint, or with no body and a fingerprint");
            if (before is not null && (!before.Exists || before.Version >= commit.Revision || before.Address != after.Address))
                throw Bug(commit, $"names as the document before {after.Address} one that cannot be");
        }
    }

    private static InvalidOperationException Bug(Commit commit, string what) => new($"Commit {commit.Revision} {what}.");
}
