using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Server.Ledger;

/// <summary>What came of a proposal that was not refused.</summary>
/// <param name="Revision">Of its commit; the head it was judged against if it changed nothing.</param>
/// <param name="Changed">False if everything was already so.</param>
/// <param name="Documents">The documents that the commit changed.</param>
internal sealed record WriteOutcome(long Revision, bool Changed, ImmutableArray<ChangedDocument> Documents)
{
    public static WriteOutcome Of(Verdict verdict) => verdict.Commit is not { } commit
        ? new(verdict.After.Revision, Changed: false, [])
        : new(commit.Revision, Changed: true, [.. commit.Changes.Select(change => new ChangedDocument(change.Address, change.Before?.Version ?? 0, change.After.Exists))]);

    public ChangedDocument? Find(Address address) => Documents.FirstOrDefault(document => document.Address == address);

    /// <summary>As kept for retries with the same idempotency key.</summary>
    public string ToText()
    {
        var documents = Documents.Select(document => (JsonValue)new JsonObjectBuilder(3)
            .Add("address", document.Address.Text)
            .Add("before", document.VersionBefore)
            .Add("exists", document.Exists)
            .Build());
        return JsonWriter.ToText(new JsonObjectBuilder(3)
            .Add("revision", Revision)
            .Add("changed", Changed)
            .Add("documents", new JsonArray([.. documents]))
            .Build());
    }

    /// <exception cref="InvalidDataException">Not what <see cref="ToText"/> wrote.</exception>
    public static WriteOutcome Parse(string text)
    {
        if (JsonReader.Parse(text).TryGet(out var value, out _)
            && value is JsonObject kept
            && kept["revision"] is JsonNumber number && number.TryGetInt64(out var revision)
            && kept["changed"] is JsonBoolean changed
            && kept["documents"] is JsonArray documents)
        {
            return new(revision, changed.Value, [.. documents.Items.Cast<JsonObject>().Select(ReadDocument)]);
        }

        throw new InvalidDataException("A kept answer cannot be read.");
    }

    private static ChangedDocument ReadDocument(JsonObject kept)
    {
        ((JsonNumber)kept["before"]!).TryGetInt64(out var before);
        return new(Address.Parse(((JsonString)kept["address"]!).Value), before, ((JsonBoolean)kept["exists"]!).Value);
    }
}

/// <param name="VersionBefore">0 if the commit created it.</param>
/// <param name="Exists">False if the commit removed it.</param>
internal sealed record ChangedDocument(Address Address, long VersionBefore, bool Exists);
