using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;
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

    /// <summary>The document in full form; or every violation of the short one.</summary>
    public Result<JsonObject?> Full()
    {
        if (!ShortForm.IsShort(Document))
            return Document;
        return ShortForm.ToFull(Document).TryGet(out var full, out var fault) ? full : fault;
    }
}
