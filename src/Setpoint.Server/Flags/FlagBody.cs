using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags.Reading;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Server.Http;

namespace Setpoint.Server.Flags;

/// <summary>A flag as it is sent: a document in either form, and what the wire adds to it.</summary>
internal sealed record FlagBody(string? Key, long? ExpectedVersion, JsonObject Document)
{
    public static Result<FlagBody> Read(JsonObject json)
    {
        // What the document's own fields may hold is the kind's business; here only what the wire adds is taken off.
        var added = new BodyReader(BodyReader.Pick(json, "key", "expectedVersion"));
        var key = added.String("key");
        var expectedVersion = added.Number("expectedVersion");
        return added.Finish() is { } fault ? fault : new FlagBody(key, expectedVersion, json.Without("key").Without("expectedVersion"));
    }

    /// <summary>Why the body is about another flag than the path; null if it is not.</summary>
    public Fault? CheckKey(string inPath) => Key is null || Key == inPath
        ? null
        : new Fault.Malformed($"The path names flag '{FlagJson.Shortened(inPath)}' and the body '{FlagJson.Shortened(Key)}'; a flag cannot be renamed.");

    /// <summary>The document in full form.</summary>
    public FlagDraft Draft() => ShortForm.IsShort(Document) ? FlagDraft.OfShort(Document) : new(Document, []);
}

/// <summary>A flag as it shall be, in full form, and what is wrong with the short form that it was made of.</summary>
/// <param name="Document">Null to remove it. With mistakes it holds what is right.</param>
internal sealed record FlagDraft(JsonObject? Document, ImmutableArray<Violation> Mistakes)
{
    public static FlagDraft Removed { get; } = new(null, []);

    public static FlagDraft OfShort(JsonObject document)
    {
        var violations = new ViolationList();
        var full = ShortForm.ToFull(document, violations);
        return new(full, violations.ToImmutable());
    }

    /// <summary>The change; the Gate hears of the mistakes and judges the rest, so that both come in one answer.</summary>
    public ImmutableArray<ProposedChange> Propose(PlanContext planning, Address address)
    {
        if (!Mistakes.IsEmpty)
            planning.Refuse(Mistakes, [address]);
        return [new(address, Document)];
    }
}
