using System.Collections.Frozen;
using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;
using Setpoint.Core.Statistics;
using Setpoint.Server.Http;
using Setpoint.Storage;

namespace Setpoint.Server.Analytics;

/// <summary>What a process evaluated itself in a stretch of time: docs/formats/exposures.md.</summary>
/// <param name="Sequence">Counts the reports of <paramref name="Client"/>; null if it does not count them.</param>
internal sealed record UsageReport(
    string Environment,
    string Namespace,
    string? Client,
    long? Sequence,
    DateTimeOffset To,
    ImmutableArray<ReportedCount> Counts,
    ImmutableArray<ReportedKeys> Keys);

internal readonly record struct ReportedCount(string Flag, string? Variant, string Reason, long Count);

internal readonly record struct ReportedKeys(string Flag, HyperLogLog Sketch);

/// <summary>Reads a report, strictly and within bounds.</summary>
internal static class ReportReader
{
    public const int CountsMax = 10_000;
    public const int KeysMax = 1_000;
    private const int NameLengthMax = 256;

    // A process that counted a billion answers a second for a quarter of an hour.
    private const long CountMax = 1_000_000_000_000;

    private static readonly FrozenSet<string> Reasons = Enum.GetValues<FlagReason>().Select(reason => reason.ToWire()).ToFrozenSet(StringComparer.Ordinal);

    public static Result<UsageReport> Read(JsonObject json)
    {
        var body = new BodyReader(json);
        _ = body.String("service");
        var environment = body.RequiredString("environment");
        var ns = body.RequiredString("namespace");
        var client = body.String("client");
        var sequence = body.Number("sequence");
        _ = body.String("from");
        var to = body.RequiredString("to");
        var counts = body.RequiredArray("counts");
        var keys = json["keys"] is null or JsonNull ? null : body.RequiredArray("keys");
        if (keys is null)
            body.Strings("keys");
        if (body.Finish() is { } fault)
            return fault;
        if (client is { Length: > NameLengthMax })
            return new Fault.Malformed($"'client' has {client.Length} characters; the limit is {NameLengthMax}.");
        if (!Rfc3339.TryParse(to, out var end))
            return new Fault.Malformed($"'to' is not a time; {WireTime.Rule}.");
        if (counts!.Items.Length > CountsMax)
            return new Fault.TooLarge($"'counts' has {counts.Items.Length} entries; the limit is {CountsMax}. Send several reports.");
        if (keys?.Items.Length > KeysMax)
            return new Fault.TooLarge($"'keys' has {keys.Items.Length} entries; the limit is {KeysMax}. Send several reports.");

        var readCounts = ImmutableArray.CreateBuilder<ReportedCount>(counts.Items.Length);
        foreach (var (i, item) in counts.Items.Index())
        {
            if (!ReadCount(item, i).TryGet(out var count, out fault))
                return fault;
            readCounts.Add(count);
        }

        var readKeys = ImmutableArray.CreateBuilder<ReportedKeys>();
        foreach (var (i, item) in (keys?.Items ?? []).Index())
        {
            if (!ReadKeys(item, i).TryGet(out var sketch, out fault))
                return fault;
            readKeys.Add(sketch);
        }

        return new UsageReport(environment!, ns!, client, sequence, end, readCounts.MoveToImmutable(), readKeys.ToImmutable());
    }

    private static Result<ReportedCount> ReadCount(JsonValue item, int index)
    {
        // Ten thousand of these may come at once, so no reader is made for each.
        if (item is not JsonObject row
            || row["flag"] is not JsonString { Value.Length: > 0 and <= FlagKeys.LengthMax } flag
            || row["variant"] is not (null or JsonNull or JsonString { Value.Length: > 0 and <= FlagKeys.LengthMax }))
        {
            return Wrong("counts", index, "is {\"flag\", \"variant\", \"reason\", \"count\"} with texts of 1 to 128 characters; 'variant' may be left out");
        }

        if (row["reason"] is not JsonString reason || !Reasons.Contains(reason.Value))
            return Wrong("counts", index, $"has a 'reason', one of {string.Join(", ", Reasons.Order(StringComparer.Ordinal))}");
        if (row["count"] is not JsonNumber number || !number.TryGetInt64(out var count) || count is < 1 or > CountMax)
            return Wrong("counts", index, $"has a 'count', a whole number from 1 to {CountMax}");
        return new ReportedCount(flag.Value, (row["variant"] as JsonString)?.Value, reason.Value, count);
    }

    private static Result<ReportedKeys> ReadKeys(JsonValue item, int index)
    {
        if (item is not JsonObject row
            || row["flag"] is not JsonString { Value.Length: > 0 and <= FlagKeys.LengthMax } flag
            || row["sketch"] is not JsonString text)
        {
            return Wrong("keys", index, "is {\"flag\", \"sketch\"}, and the sketch is base64");
        }

        var bytes = new byte[text.Value.Length];
        if (!Convert.TryFromBase64String(text.Value, bytes, out var length))
            return Wrong("keys", index, "has a 'sketch' in base64");
        if (!HyperLogLog.FromBytes(bytes.AsSpan(0, length)).TryGet(out var sketch, out var fault))
            return Wrong("keys", index, $"has a sketch in Setpoint's form. {fault.Message}");
        return sketch.Precision >= UsageKeys.Precision
            ? new ReportedKeys(flag.Value, sketch.Reduced(UsageKeys.Precision))
            : Wrong("keys", index, $"has a sketch of precision {UsageKeys.Precision} or more, not {sketch.Precision}");
    }

    private static Fault.Malformed Wrong(string list, int index, string rule) => new($"Entry {index} of '{list}' is wrong: each {rule}.");
}
