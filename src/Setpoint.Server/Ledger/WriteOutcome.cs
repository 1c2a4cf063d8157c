using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Server.Http;

namespace Setpoint.Server.Ledger;

/// <summary>What came of a proposal that was not refused.</summary>
/// <param name="Revision">Of its commit; the head it was judged against if it changed nothing.</param>
/// <param name="Changed">False if everything was already so.</param>
/// <param name="Documents">The documents that the proposal was about.</param>
/// <param name="Warnings">As they travel: see Problem.ToJson.</param>
internal sealed record WriteOutcome(long Revision, bool Changed, ImmutableArray<WrittenDocument> Documents, JsonArray Warnings)
{
    /// <summary>What a dry run started from and would lead to; null of what was written.</summary>
    public Trial? Trial { get; init; }

    public static WriteOutcome Of(Verdict verdict)
    {
        var changed = verdict.Commit?.Changes ?? [];
        return new(
            verdict.After.Revision,
            verdict.Commit is not null,
            [
                .. changed.Select(change => new WrittenDocument(change.Address, change.Before?.Version ?? 0, change.After.Exists ? change.After.Version : 0)),
                .. verdict.Unchanged.Select(same => new WrittenDocument(same.Address, same.Version, same.Version)),
            ],
            verdict.Warnings.IsEmpty ? JsonArray.Empty : Problem.ToJson(verdict.Warnings));
    }

    /// <summary>Of the <see cref="Documents"/>.</summary>
    public ImmutableArray<Address> Addresses => ImmutableArray.CreateRange(Documents, document => document.Address);

    public WrittenDocument Of(Address address) =>
        Documents.FirstOrDefault(document => document.Address == address)
        ?? throw new InvalidOperationException($"The proposal was not about {address}.");

    /// <summary>Says what was warned of; of an answer without warnings nothing.</summary>
    public void AddWarningsTo(JsonObjectBuilder answer)
    {
        if (!Warnings.Items.IsEmpty)
            answer.Add("warnings", Warnings);
    }

    /// <summary>As kept for retries with the same idempotency key.</summary>
    public string ToText()
    {
        var documents = Documents.Select(document => (JsonValue)new JsonObjectBuilder(3)
            .Add("address", document.Address.Text)
            .Add("before", document.VersionBefore)
            .Add("after", document.VersionAfter)
            .Build());
        return JsonWriter.ToText(new JsonObjectBuilder(3)
            .Add("revision", Revision)
            .Add("changed", Changed)
            .Add("documents", new JsonArray([.. documents]))
            .Add("warnings", Warnings)
            .Build());
    }

    /// <exception cref="InvalidDataException">Not what <see cref="ToText"/> wrote.</exception>
    public static WriteOutcome Parse(string text)
    {
        if (JsonReader.Parse(text).TryGet(out var value, out _)
            && value is JsonObject kept
            && kept["changed"] is JsonBoolean changed
            && kept["documents"] is JsonArray documents)
        {
            return new(Number(kept, "revision"), changed.Value, [.. documents.Items.Cast<JsonObject>().Select(ReadDocument)], kept["warnings"] as JsonArray ?? JsonArray.Empty);
        }

        throw new InvalidDataException("A kept answer cannot be read.");
    }

    private static WrittenDocument ReadDocument(JsonObject kept) => kept["address"] is JsonString address
        ? new(Address.Parse(address.Value), Number(kept, "before"), Number(kept, "after"))
        : throw new InvalidDataException("A kept answer names no address.");

    private static long Number(JsonObject kept, string name) => kept[name] is JsonNumber number && number.TryGetInt64(out var found)
        ? found
        : throw new InvalidDataException($"A kept answer has no '{name}'.");
}

/// <param name="VersionBefore">0 if it did not exist.</param>
/// <param name="VersionAfter">0 if it does not exist any more.</param>
internal sealed record WrittenDocument(Address Address, long VersionBefore, long VersionAfter)
{
    public bool Created => VersionBefore == 0 && VersionAfter != 0;
}

/// <summary>The snapshots around a change that was judged and not made.</summary>
internal sealed record Trial(Snapshot Before, Snapshot After);
