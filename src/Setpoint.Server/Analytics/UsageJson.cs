using Setpoint.Core.Json;
using Setpoint.Core.Statistics;
using Setpoint.Storage;

namespace Setpoint.Server.Analytics;

/// <summary>The use of a flag as it is shown. Pure.</summary>
internal static class UsageJson
{
    public static JsonObject Of(AskedUsage asked, IReadOnlyList<UsageCount> counts, HyperLogLog? keys, DateTimeOffset countingSince)
    {
        var total = counts.Sum(row => row.Count);
        var json = new JsonObjectBuilder(12)
            .Add("flagKey", asked.Key)
            .Add("namespace", asked.Namespace)
            .Add("environment", asked.Environment)
            .Add("startDate", WireTime.Of(asked.From))
            .Add("endDate", WireTime.Of(asked.To))
            .Add("countingSince", WireTime.Of(countingSince))
            .Add("evaluations", total)
            .Add("variants", Variants(counts, total))
            .Add("reasons", Grouped(counts, "reason", row => row.Cell.Reason))
            .Add("environments", Grouped(counts, "environment", row => row.Cell.Environment))
            .Add("hours", Hours(counts));
        if (keys is not null)
        {
            json.Add("distinctKeys", new JsonObjectBuilder(2)
                .Add("estimate", (long)Math.Round(keys.Estimate()))
                .Add("relativeError", JsonNumber.Of(Math.Round(1.04 / Math.Sqrt(1 << keys.Precision), 4)))
                .Build());
        }

        return json.Build();
    }

    private static JsonArray Variants(IReadOnlyList<UsageCount> counts, long total) => new(
    [
        .. counts.GroupBy(row => row.Cell.Variant, row => row.Count)
            .Select(group => (Variant: group.Key, Count: group.Sum()))
            .OrderByDescending(one => one.Count).ThenBy(one => one.Variant, StringComparer.Ordinal)
            .Select(one => new JsonObjectBuilder(3)
                .Add("variant", VariantOf(one.Variant))
                .Add("count", one.Count)
                .Add("share", JsonNumber.Of(Math.Round((double)one.Count / total, 6)))
                .Build()),
    ]);

    private static JsonArray Grouped(IReadOnlyList<UsageCount> counts, string name, Func<UsageCount, string> by) => new(
    [
        .. counts.GroupBy(by, row => row.Count)
            .Select(group => (group.Key, Count: group.Sum()))
            .OrderByDescending(one => one.Count).ThenBy(one => one.Key, StringComparer.Ordinal)
            .Select(one => new JsonObjectBuilder(2).Add(name, one.Key).Add("count", one.Count).Build()),
    ]);

    /// <summary>Hours without an evaluation are left out.</summary>
    private static JsonArray Hours(IReadOnlyList<UsageCount> counts) => new(
    [
        .. counts.GroupBy(row => row.Hour).OrderBy(hour => hour.Key).Select(hour => new JsonObjectBuilder(3)
            .Add("hour", WireTime.Of(hour.Key))
            .Add("count", hour.Sum(row => row.Count))
            .Add("variants", new JsonArray(
            [
                .. hour.GroupBy(row => row.Cell.Variant, row => row.Count).OrderBy(one => one.Key, StringComparer.Ordinal)
                    .Select(one => new JsonObjectBuilder(2).Add("variant", VariantOf(one.Key)).Add("count", one.Sum()).Build()),
            ]))
            .Build()),
    ]);

    /// <summary>Null: the default in the caller's code stood.</summary>
    private static JsonValue VariantOf(string? variant) => variant is null ? JsonNull.Instance : new JsonString(variant);
}
