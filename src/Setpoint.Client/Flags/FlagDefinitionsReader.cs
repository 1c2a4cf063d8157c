using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Segments;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Client.Flags;

/// <summary>
/// Reads one answer of <c>GET /api/flags/definitions</c>. Members that are not needed are skipped, so that the contract can grow. What
/// has not changed since the previous answer is taken over, so that what was compiled and counted of it stays.
/// </summary>
internal sealed class FlagDefinitionsReader
{
    // The 64 levels of a document, and those around it. The transport bounds the size.
    private static readonly JsonLimits Limits = new(int.MaxValue, 72);

    private static readonly FlagKind FlagKind = new();
    private static readonly SegmentKind SegmentKind = new();

    private readonly JsonObject _root;
    private readonly string _namespace;
    private readonly FlagDefinitions? _previous;
    private readonly Dictionary<string, Flag> _flags = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Namespace, string Key), SegmentDefinition> _segments = [];
    private readonly Dictionary<string, string> _unreadable = new(StringComparer.Ordinal);

    private FlagDefinitionsReader(JsonObject root, FlagDefinitions? previous)
    {
        _root = root;
        _namespace = Text(root, "namespace");
        _previous = previous?.Namespace == _namespace ? previous : null;
    }

    /// <summary>Reads.</summary>
    /// <param name="utf8">The text; it is kept.</param>
    /// <param name="etag">The tag of the response header, which beats that of the body.</param>
    /// <param name="revision">The revision of the response header; null where there is none.</param>
    /// <param name="previous">The previous answer; null for none.</param>
    /// <exception cref="JsonException">Not of the contract; the message says how.</exception>
    public static FlagDefinitions Read(ReadOnlyMemory<byte> utf8, string? etag, long? revision, FlagDefinitions? previous)
    {
        if (!JsonReader.ParseObject(utf8.Span, Limits).TryGet(out var root, out var fault))
            throw new JsonException(fault.Message);
        return new FlagDefinitionsReader(root, previous).Read(utf8, etag, revision);
    }

    private FlagDefinitions Read(ReadOnlyMemory<byte> utf8, string? etag, long? revision)
    {
        if (_root["version"] is not JsonNumber number || !number.TryGetInt64(out var version) || version < 0)
            throw new JsonException("The answer has no whole number 'version'.");
        foreach (var item in Items(_root, "flags"))
            ReadFlag(item);
        foreach (var item in Items(_root, "segments"))
            ReadSegment(item);
        return new()
        {
            Namespace = _namespace,
            Environment = Text(_root, "environment"),
            Revision = revision ?? version,
            Version = version,
            ETag = etag ?? (_root["etag"] is JsonString tag ? Quoted(tag.Value) : null),
            Json = utf8,
            Chain = [.. Items(_root, "chain").Select(item => item is JsonString name ? name.Value : throw new JsonException("'chain' holds something else than names."))],
            Flags = _flags.ToFrozenDictionary(StringComparer.Ordinal),
            Segments = _segments.ToFrozenDictionary(),
            Unreadable = _unreadable.ToFrozenDictionary(StringComparer.Ordinal),
        };
    }

    private void ReadFlag(JsonValue item)
    {
        var (_, key, document) = Entry(item, "flags");
        if (_previous is not null && _previous.Flags.TryGetValue(key, out var before) && before.Body.Equals(document))
        {
            _flags[key] = before;
            return;
        }

        // The server has checked it; what is refused here uses what only a newer version of this library knows.
        var violations = new ViolationList();
        if (Address.TryOf(FlagKind.KindName, [_namespace, key], out var address, out var problem) && FlagKind.Parse(address, document, violations) is Flag flag)
            _flags[key] = flag;
        else
            _unreadable[key] = problem ?? string.Join(' ', violations.ToImmutable().Select(violation => violation.Message));
    }

    private void ReadSegment(JsonValue item)
    {
        var (members, key, document) = Entry(item, "segments");
        var ns = Text(members, "namespace");
        if (_previous is not null && _previous.Segments.TryGetValue((ns, key), out var before) && before.Document.Equals(document))
            _segments[(ns, key)] = before;
        // One that cannot be read is not there: a flag that names it answers PARSE_ERROR.
        else if (Address.TryOf(SegmentKind.KindName, [ns, key], out var address, out _) && SegmentKind.Parse(address, document, new ViolationList()) is Segment segment)
            _segments[(ns, key)] = new(segment, document);
    }

    private static (JsonObject Members, string Key, JsonObject Document) Entry(JsonValue item, string list) =>
        item is JsonObject members && members["document"] is JsonObject document
            ? (members, Text(members, "key"), document)
            : throw new JsonException($"'{list}' holds something else than objects with 'key' and 'document'.");

    private static ImmutableArray<JsonValue> Items(JsonObject root, string name) =>
        root[name] is JsonArray array ? array.Items : throw new JsonException($"The answer has no array '{name}'.");

    private static string Text(JsonObject members, string name) =>
        members[name] is JsonString text ? text.Value : throw new JsonException($"The answer has no text '{name}'.");

    /// <summary>Headers carry the tag quoted, bodies may not.</summary>
    private static string? Quoted(string etag) => etag.Length == 0 ? null : etag.EndsWith('"') ? etag : $"\"{etag}\"";
}
