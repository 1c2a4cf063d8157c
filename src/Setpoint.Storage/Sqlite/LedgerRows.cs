using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Storage.Sqlite;

/// <summary>Between rows and the types of the ledger. What cannot be read back is reported as corrupt, by name and never by content.</summary>
internal static class LedgerRows
{
    // What was accepted once must stay readable, whatever the limits at the Gate are by then.
    private static readonly JsonLimits Stored = new(SizeMax: int.MaxValue, DepthMax: 512);

    public static long ToMilliseconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds();

    public static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static Address Address(SqliteStatement row, int column)
    {
        var text = row.Text(column);
        return Core.Ledger.Address.TryParse(text, out var address, out _)
            ? address
            : throw Corrupt($"A document version has the address '{text}', which is none.");
    }

    /// <summary>The body of a version, null for a tombstone.</summary>
    public static JsonObject? Body(SqliteStatement row, int column, Address address, long version)
    {
        if (row.IsNull(column))
            return null;
        var parsed = JsonReader.Parse(row.Bytes(column), Stored);
        return !parsed.IsFault && parsed.Value is JsonObject body
            ? body
            : throw Corrupt($"Revision {version}: the body of {address} is not a JSON object.");
    }

    public static Fingerprint Fingerprint(SqliteStatement row, int column, long revision)
    {
        if (row.IsNull(column))
            return Core.Json.Fingerprint.None;
        var bytes = row.Bytes(column);
        return bytes.Length == Core.Json.Fingerprint.Size
            ? new(bytes)
            : throw Corrupt($"Revision {revision}: a hash has {bytes.Length} bytes.");
    }

    /// <summary>Tags as a JSON array of strings; null where there are none.</summary>
    public static string? WriteTags(ImmutableArray<string> tags) =>
        tags.IsDefaultOrEmpty ? null : new JsonArray([.. tags.Select(tag => (JsonValue)new JsonString(tag))]).ToString();

    public static ImmutableArray<string> ReadTags(SqliteStatement row, int column, long revision)
    {
        if (row.IsNull(column))
            return [];
        var parsed = JsonReader.Parse(row.Bytes(column), Stored);
        if (parsed.IsFault || parsed.Value is not JsonArray array)
            throw Corrupt($"Revision {revision}: the tags are not a JSON array.");
        return [.. array.Items.Select(item => item is JsonString text ? text.Value : throw Corrupt($"Revision {revision}: a tag is not a string."))];
    }

    /// <summary>The value of <c>head</c> in <c>meta</c>: the revision and the hash.</summary>
    public static string HeadText(LedgerHead head) => $"{head.Revision} {head.Hash}";

    public static StoreException Corrupt(string message) => new(
        StoreFailure.Corrupt,
        message + " The ledger contradicts itself; restore a backup, and keep this file for inspection.");
}
