using System.Buffers.Binary;
using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;
using Setpoint.Server.Http;
using Setpoint.Storage;

namespace Setpoint.Server.Analytics;

/// <summary>What came in about an experiment, checked in its shape.</summary>
/// <param name="Flag">Null: it is about a rollout.</param>
/// <param name="Rollout">Null: it is about a flag.</param>
/// <param name="Batch">Names it, so that it counts once however often it is sent; null if nobody named it.</param>
internal sealed record ReportedObservations(
    string? Flag, string? Rollout, string? Namespace, string? Environment, string? Batch, ImmutableArray<ReportedExposure> Exposures, ImmutableArray<ReportedEvent> Events);

/// <param name="At">Null: when it came.</param>
/// <param name="Place">Among those that were sent, from 0.</param>
internal sealed record ReportedExposure(int Place, string TargetingKey, string Variant, DateTimeOffset? At, ImmutableArray<Covariate> Covariates);

/// <param name="Place">Among those that were sent, from 0.</param>
internal sealed record ReportedEvent(int Place, string TargetingKey, string Metric, double Value, DateTimeOffset? At);

/// <summary>Reads <c>POST /api/metrics/events</c>, strictly and within bounds: docs/guides/experiments.md.</summary>
internal static class ObservationReader
{
    public const int EntriesMax = 5_000;
    private const int KeyLengthMax = 512;
    private const int BatchLengthMax = 128;

    /// <summary>Far from where squares of sums lose their digits, and more than any metric of a person.</summary>
    private const double ValueMax = 1e12;

    /// <param name="violations">Hears of every entry that is wrong; what is read lacks these.</param>
    public static Result<ReportedObservations> Read(JsonObject json, ViolationList violations)
    {
        var body = new BodyReader(json);
        var (flag, rollout) = (body.String("flag"), body.String("rollout"));
        var ns = body.String("namespace");
        var environment = body.String("environment");
        var batch = body.String("batch");
        var exposures = Items(body, json, "exposures");
        var events = Items(body, json, "events");
        if (body.Finish() is { } fault)
            return fault;
        if (flag is null == rollout is null)
            return new Fault.Malformed("The body names the experiment by 'flag', the key of a flag, or by 'rollout', the id of a rollout; send one of them.");
        if (batch is { Length: 0 or > BatchLengthMax })
            return new Fault.Malformed($"'batch' has {batch.Length} characters; 1 to {BatchLengthMax} are allowed.");
        if (exposures.Length + events.Length == 0)
            return new Fault.Malformed($"There are neither 'exposures' nor 'events'; 1 to {EntriesMax} together are taken at once.");
        if (exposures.Length + events.Length > EntriesMax)
            return new Fault.TooLarge($"{exposures.Length} exposures and {events.Length} events; 1 to {EntriesMax} together are taken at once. Send several batches.");

        var readExposures = ImmutableArray.CreateBuilder<ReportedExposure>(exposures.Length);
        foreach (var (i, item) in exposures.Index())
        {
            if (ReadExposure(item, i, violations) is { } exposure)
                readExposures.Add(exposure);
        }

        var readEvents = ImmutableArray.CreateBuilder<ReportedEvent>(events.Length);
        foreach (var (i, item) in events.Index())
        {
            if (ReadEvent(item, i, violations) is { } one)
                readEvents.Add(one);
        }

        return new ReportedObservations(flag, rollout, ns, environment, batch, readExposures.ToImmutable(), readEvents.ToImmutable());
    }

    /// <summary>Stands for all that a value says, in whatever order its properties are.</summary>
    public static long HashOf(JsonValue value) => BinaryPrimitives.ReadInt64LittleEndian(CanonicalJson.FingerprintOf(value).ToArray());

    private static ImmutableArray<JsonValue> Items(BodyReader body, JsonObject json, string name)
    {
        if (json[name] is not (null or JsonNull))
            return body.RequiredArray(name)?.Items ?? [];
        body.Strings(name);
        return [];
    }

    private static ReportedExposure? ReadExposure(JsonValue item, int index, ViolationList violations)
    {
        if (item is not JsonObject row)
            return Wrong<ReportedExposure>(violations, "exposures", index, "is {\"targetingKey\", \"variant\", \"at\", \"covariates\"}");
        if (Unknown(row, "targetingKey", "variant", "at", "covariates") is { } unknown)
            return Wrong<ReportedExposure>(violations, "exposures", index, $"has no '{unknown}'");
        if (KeyOf(row) is not { } key || row["variant"] is not JsonString { Value.Length: > 0 and <= FlagKeys.LengthMax } variant)
            return Wrong<ReportedExposure>(violations, "exposures", index, $"has a 'targetingKey' of 1 to {KeyLengthMax} characters and the 'variant' that was served");
        if (!TryTime(row, out var at))
            return Wrong<ReportedExposure>(violations, "exposures", index, $"may have a time 'at'; {WireTime.Rule}");
        var covariates = ImmutableArray.CreateBuilder<Covariate>();
        if (row["covariates"] is JsonObject given)
        {
            for (var i = 0; i < given.Count; i++)
            {
                if (NumberOf(given.ValueAt(i)) is not { } value)
                    return Wrong<ReportedExposure>(violations, "exposures", index, $"may have 'covariates', numbers of at most {ValueMax:0e0} in size by metric");
                covariates.Add(new(given.NameAt(i), value));
            }
        }
        else if (row["covariates"] is not (null or JsonNull))
        {
            return Wrong<ReportedExposure>(violations, "exposures", index, "may have 'covariates', an object with a number for each metric");
        }

        return new ReportedExposure(index, key, variant.Value, at, covariates.ToImmutable());
    }

    private static ReportedEvent? ReadEvent(JsonValue item, int index, ViolationList violations)
    {
        if (item is not JsonObject row)
            return Wrong<ReportedEvent>(violations, "events", index, "is {\"targetingKey\", \"metric\", \"value\", \"at\"}");
        if (Unknown(row, "targetingKey", "metric", "value", "at") is { } unknown)
            return Wrong<ReportedEvent>(violations, "events", index, $"has no '{unknown}'");
        if (KeyOf(row) is not { } key || row["metric"] is not JsonString { Value.Length: > 0 and <= FlagKeys.LengthMax } metric)
            return Wrong<ReportedEvent>(violations, "events", index, $"has a 'targetingKey' of 1 to {KeyLengthMax} characters and a 'metric'");
        if (!TryTime(row, out var at))
            return Wrong<ReportedEvent>(violations, "events", index, $"may have a time 'at'; {WireTime.Rule}");
        if (row["value"] is null or JsonNull)
            return new ReportedEvent(index, key, metric.Value, 1, at);
        return NumberOf(row["value"]) is { } value
            ? new ReportedEvent(index, key, metric.Value, value, at)
            : Wrong<ReportedEvent>(violations, "events", index, $"may have a 'value', a number of at most {ValueMax:0e0} in size; without it 1 is meant");
    }

    private static string? KeyOf(JsonObject row) => row["targetingKey"] is JsonString { Value.Length: > 0 and <= KeyLengthMax } key ? key.Value : null;

    private static double? NumberOf(JsonValue? value) => value is JsonNumber number && Math.Abs(number.ToDouble()) <= ValueMax ? number.ToDouble() : null;

    private static bool TryTime(JsonObject row, out DateTimeOffset? at)
    {
        at = null;
        if (row["at"] is null or JsonNull)
            return true;
        if (row["at"] is not JsonString text || !Rfc3339.TryParse(text.Value, out var time))
            return false;
        at = time;
        return true;
    }

    private static string? Unknown(JsonObject row, params ReadOnlySpan<string> known)
    {
        for (var i = 0; i < row.Count; i++)
        {
            if (!known.Contains(row.NameAt(i)))
                return row.NameAt(i);
        }

        return null;
    }

    private static T? Wrong<T>(ViolationList violations, string list, int index, string rule)
        where T : class
    {
        violations.Add(null, $"/{list}/{index}", ViolationCode.MalformedDocument, $"Entry {index} of '{list}' is wrong: each {rule}.");
        return null;
    }
}
