using System.Collections.Immutable;
using System.Globalization;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;

namespace Setpoint.Client.Flags.Exposures;

/// <summary>How often the flags of one namespace gave which answer in a stretch of time.</summary>
/// <param name="Sequence">Counts the reports of one process from 1: a report that is sent again has the same.</param>
internal sealed record ExposureReport(
    string Namespace, long Sequence, DateTimeOffset From, DateTimeOffset To, ImmutableArray<FlagUsage> Counts, ImmutableArray<ExposureKeys> Keys)
{
    /// <summary>How many evaluations it speaks for.</summary>
    public long Evaluations => Counts.Sum(one => one.Count);
}

/// <summary>Who asked for a flag.</summary>
/// <param name="Sketch">As <c>HyperLogLog.ToBytes</c> writes it.</param>
internal sealed record ExposureKeys(string Flag, byte[] Sketch);

/// <summary>The wire shape of a report, <c>POST /api/features/exposures</c>: docs/formats/exposures.md.</summary>
internal static class ExposureMessage
{
    public const string Path = "api/features/exposures";

    public static byte[] Write(ExposureReport report, string service, string environment, string client)
    {
        var counts = report.Counts.Select(one => (JsonValue)new JsonObjectBuilder(4)
            .Add("flag", one.Key)
            .Add("variant", one.Variant)
            .Add("reason", one.Reason.ToWire())
            .Add("count", one.Count)
            .Build());
        var keys = report.Keys.Select(one => (JsonValue)new JsonObjectBuilder(2).Add("flag", one.Flag).Add("sketch", Convert.ToBase64String(one.Sketch)).Build());
        return JsonWriter.ToUtf8(new JsonObjectBuilder(9)
            .Add("service", service)
            .Add("environment", environment)
            .Add("namespace", report.Namespace)
            .Add("client", client)
            .Add("sequence", report.Sequence)
            .Add("from", Text(report.From))
            .Add("to", Text(report.To))
            .Add("counts", new JsonArray([.. counts]))
            .Add("keys", new JsonArray([.. keys]))
            .Build());
    }

    private static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
