using System.Collections.Frozen;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Server.Flags;
using Setpoint.Server.Process;
using Setpoint.Storage;

namespace Setpoint.Server.Analytics;

/// <summary>Flags that may be taken out of the code, each with the reason: what <c>GET /api/features?stale=</c> asks.</summary>
internal sealed class StaleReports(UsageCollector collector, IUsageStore store, ServerSettings settings, TimeProvider time)
{
    private const int DaysDefault = 30;

    /// <inheritdoc cref="StaleLookup"/>
    public async Task<Result<StaleReport>> FindAsync(Snapshot snapshot, StaleQuestion question, CancellationToken cancellationToken)
    {
        var days = question.Days ?? Math.Min(DaysDefault, settings.AnalyticsDays);
        if (days > settings.AnalyticsDays)
            return new Fault.Malformed($"Query parameter 'days' is {days}; counts are kept for {settings.AnalyticsDays} days. Ask for less.");
        try
        {
            // What was counted a moment ago is a part of the answer.
            await collector.FlushAsync(cancellationToken);
            var now = time.GetUtcNow();
            var use = await store.ReadUseAsync(question.Namespace, question.Environment, now.AddDays(-days), cancellationToken);
            var since = await store.ReadStartAsync(cancellationToken);
            var stale = StaleFlags.Find(snapshot, snapshot.Flags().In(question.Namespace).All, use, since, now, days);
            return new StaleReport(stale.ToFrozenDictionary(one => one.Flag.Key, Describe, StringComparer.Ordinal), days, WireTime.Of(since));
        }
        catch (StoreException failure)
        {
            return UsageFaults.Of(failure);
        }
    }

    private static JsonObject Describe(StaleFlag stale) => new JsonObjectBuilder(3)
        .Add("evaluations", stale.Evaluations)
        .Add("lastEvaluatedAt", stale.LastEvaluated is { } last ? WireTime.Of(last) : null)
        .Add("reasons", new JsonArray(
            [.. stale.Reasons.Select(reason => new JsonObjectBuilder(2).Add("code", reason.Code).Add("message", reason.Message).Build())]))
        .Build();
}
