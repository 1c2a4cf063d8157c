using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Storage.Sqlite;

/// <summary>Recomputes what the hashes promise. The first contradiction is reported with its revision and what differs.</summary>
internal static class LedgerVerifier
{
    /// <summary>The end of the chain that is checked at every start: some milliseconds of work.</summary>
    public const int TailLength = 1000;

    // Commits may hold documents of a mebibyte. Hashing this much takes a fraction of a second; what lies before was checked when
    // it was the tail, and Whole checks it all.
    private const long TailBodiesMax = 32 * 1024 * 1024;

    private const int Chunk = 20;

    /// <summary>Checks the newest commits, newest first, and that head, commits and versions agree on where the ledger ends.</summary>
    public static LedgerHead Tail(SqliteDatabase database, CancellationToken cancellationToken) =>
        InSnapshot(database, () => CheckTail(database, cancellationToken));

    /// <summary>Checks everything: the file's own structure, each commit from the first, and that each names the right document before.</summary>
    public static LedgerHead Whole(SqliteDatabase database, CancellationToken cancellationToken) =>
        InSnapshot(database, () => CheckWhole(database, cancellationToken));

    /// <summary>One state throughout, and the file locked once instead of once for every query.</summary>
    private static LedgerHead InSnapshot(SqliteDatabase database, Func<LedgerHead> check)
    {
        database.Statement("BEGIN").Run();
        try
        {
            return check();
        }
        finally
        {
            database.RollbackIfOpen();
        }
    }

    private static LedgerHead CheckTail(SqliteDatabase database, CancellationToken cancellationToken)
    {
        var reader = new LedgerReader(database);
        var head = reader.Head();
        Ends(database, head);

        Commit? following = null;
        var bodies = 0L;
        var floor = Math.Max(0, head.Revision - TailLength);
        for (var last = head.Revision; last > floor && bodies < TailBodiesMax; last -= Chunk)
        {
            var first = Math.Max(floor, last - Chunk);
            Commit? previous = null;
            Commit? oldest = null;
            foreach (var (commit, bytes) in reader.CommitsToCheck(first, (int)(last - first)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Follows(previous, commit, first);
                One(commit);
                bodies += bytes;
                oldest ??= commit;
                previous = commit;
            }

            if (previous?.Revision != last)
                throw LedgerRows.Corrupt($"Revision {(previous?.Revision ?? first) + 1} is missing.");
            if (following is not null)
                Follows(previous, following, last);
            following = oldest;
        }

        return head;
    }

    private static LedgerHead CheckWhole(SqliteDatabase database, CancellationToken cancellationToken)
    {
        Structure(database);
        var reader = new LedgerReader(database);
        var head = reader.Head();
        Ends(database, head);

        var versions = new Dictionary<Address, long>();
        Commit? previous = null;
        for (var after = 0L; after < head.Revision; after += TailLength)
        {
            foreach (var (commit, _) in reader.CommitsToCheck(after, TailLength))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Follows(previous, commit, previous?.Revision ?? 0);
                One(commit);
                Befores(versions, commit);
                previous = commit;
            }
        }

        if ((previous?.Revision ?? 0) != head.Revision)
            throw LedgerRows.Corrupt($"Revision {(previous?.Revision ?? 0) + 1} is missing.");
        return head;
    }

    private static void Structure(SqliteDatabase database)
    {
        var text = database.ReadText("PRAGMA integrity_check(1)");
        if (text != "ok")
            throw LedgerRows.Corrupt($"{database.File} is damaged: {text}.");
    }

    /// <summary>Three places know where the ledger ends; rows that were removed or added behind our back make them disagree.</summary>
    private static void Ends(SqliteDatabase database, LedgerHead head)
    {
        var recorded = database.ReadText("SELECT value FROM meta WHERE name = 'head'");
        var expected = head.Revision == 0 ? null : LedgerRows.HeadText(head);
        if (recorded != expected)
            throw LedgerRows.Corrupt($"The newest commit is revision {head.Revision}, but the head is recorded as '{recorded ?? "none"}'.");

        var newest = database.ReadInt64("SELECT max(id) FROM document_versions") >> LedgerSchema.PositionBits;
        if (newest > head.Revision)
            throw LedgerRows.Corrupt($"Document versions of revision {newest} are there, but the newest commit is revision {head.Revision}.");
    }

    private static void Follows(Commit? previous, Commit commit, long after)
    {
        var expected = (previous?.Revision ?? after) + 1;
        if (commit.Revision != expected)
            throw LedgerRows.Corrupt($"Revision {expected} is missing.");
        if (previous is null ? commit.Revision == 1 && commit.PreviousHash != Fingerprint.None : commit.PreviousHash != previous.Hash)
            throw LedgerRows.Corrupt($"Revision {commit.Revision}: the hash of the commit before it differs from the one that commit has.");
        if (previous is not null && commit.At < previous.At)
            throw LedgerRows.Corrupt($"Revision {commit.Revision}: its time is before that of the commit before it.");
    }

    /// <summary>Checks a commit against itself.</summary>
    private static void One(Commit commit)
    {
        foreach (var (_, after) in commit.Changes)
        {
            if (after.Body is null)
            {
                if (after.Fingerprint != Fingerprint.None)
                    throw LedgerRows.Corrupt($"Revision {commit.Revision}: {after.Address} has a fingerprint but no body.");
                continue;
            }

            if (CanonicalJson.FingerprintOf(after.Body) != after.Fingerprint)
                throw LedgerRows.Corrupt($"Revision {commit.Revision}: the body of {after.Address} does not have its fingerprint.");
        }

        if (CommitHash.Of(commit) != commit.Hash)
            throw LedgerRows.Corrupt($"Revision {commit.Revision}: the commit's record does not have its hash.");
    }

    private static void Befores(Dictionary<Address, long> versions, Commit commit)
    {
        foreach (var (before, after) in commit.Changes)
        {
            var expected = versions.GetValueOrDefault(after.Address);
            if ((before?.Version ?? 0) != expected)
                throw LedgerRows.Corrupt($"Revision {commit.Revision} names version {before?.Version ?? 0} of {after.Address} as the one before; it was {expected}.");
            versions[after.Address] = after.Exists ? commit.Revision : 0;
        }
    }
}
