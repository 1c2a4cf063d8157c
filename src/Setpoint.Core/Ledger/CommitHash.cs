using System.Collections.Immutable;
using System.Globalization;
using Setpoint.Core.Json;

namespace Setpoint.Core.Ledger;

/// <summary>
/// The hash of a commit: SHA-256 over the canonical form of its record, which holds the hash of the commit before it. Documents enter
/// by their fingerprints, so the chain can be checked without them and every document against it. The format is in docs/formats/ledger.md.
/// </summary>
public static class CommitHash
{
    public static Fingerprint Of(
        long revision,
        DateTimeOffset at,
        string actor,
        string message,
        ImmutableArray<string> tags,
        long? rollbackTo,
        ImmutableArray<DocumentChange> changes,
        Fingerprint previousHash)
    {
        var written = ImmutableArray.CreateBuilder<JsonValue>(changes.Length);
        foreach (var change in changes)
        {
            var entry = new JsonObjectBuilder(3)
                .Add("address", change.Address.Text)
                .Add("before", change.Before?.Version ?? 0);
            entry.Add("after", change.After.Exists ? new JsonString(change.After.Fingerprint.ToString()) : JsonNull.Instance);
            written.Add(entry.Build());
        }

        var record = new JsonObjectBuilder(8)
            .Add("revision", revision)
            .Add("at", Timestamp(at))
            .Add("actor", actor)
            .Add("message", message)
            .Add("tags", JsonArray.OfStrings(tags))
            .Add("changes", new JsonArray(written.MoveToImmutable()))
            .Add("previousHash", previousHash.ToString());
        if (rollbackTo is { } version)
            record.Add("rollbackTo", version);
        return CanonicalJson.FingerprintOf(record.Build());
    }

    /// <summary>The hash that the record of this commit has, to be compared with the one it carries.</summary>
    public static Fingerprint Of(Commit commit) => Of(
        commit.Revision, commit.At, commit.Actor, commit.Message, commit.Tags, commit.RollbackTo, commit.Changes, commit.PreviousHash);

    /// <summary>RFC 3339, UTC, milliseconds: the one way a time is written in the ledger.</summary>
    public static string Timestamp(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
