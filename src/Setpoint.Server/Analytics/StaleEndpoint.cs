using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Process;
using Setpoint.Storage;

namespace Setpoint.Server.Analytics;

/// <summary><c>GET /api/features/stale</c>: flags that may be taken out of the code, each with the reason.</summary>
internal sealed class StaleEndpoint(SnapshotBoard board, UsageCollector collector, IUsageStore store, ServerSettings settings, TimeProvider time)
{
    private const int DaysDefault = 30;

    public async Task HandleAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request);
        var days = (int)(query.Number("days", 1, settings.AnalyticsDays) ?? Math.Min(DaysDefault, settings.AnalyticsDays));
        var ns = query.String("namespace");
        var environment = query.String("environment");
        var fault = query.Finish();
        var snapshot = board.Current;
        if (fault is null && environment is not null && !snapshot.Environments().Contains(environment))
            fault = Fault.Missing.Environment(environment);
        if (fault is null && ns is not null && !snapshot.Namespaces().Contains(ns) && snapshot.Flags().In(ns).Flags.IsEmpty)
            fault = Fault.Missing.Namespace(ns);
        if (fault is not null)
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        try
        {
            await collector.FlushAsync(context.RequestAborted);
            var now = time.GetUtcNow();
            var use = await store.ReadUseAsync(ns, environment, now.AddDays(-days), context.RequestAborted);
            var since = await store.ReadStartAsync(context.RequestAborted);
            var flags = (ns is null ? snapshot.Flags().Namespaces : [ns]).SelectMany(one => snapshot.Flags().In(one).All);
            var stale = StaleFlags.Find(snapshot, flags, use, since, now, days);
            await Answer.OkAsync(context, new JsonObjectBuilder(5)
                .Add("items", new JsonArray([.. stale.Select(Describe)]))
                .Add("total", stale.Length)
                .Add("days", days)
                .Add("countingSince", WireTime.Of(since))
                .Build());
        }
        catch (StoreException failure)
        {
            await Problem.WriteAsync(context, UsageFaults.Of(failure));
        }
    }

    private static JsonValue Describe(StaleFlag stale) => new JsonObjectBuilder(7)
        .Add("flagKey", stale.Flag.Key)
        .Add("namespace", stale.Flag.Namespace)
        .Add("owner", stale.Flag.Owner)
        .Add("expectedRemoval", stale.Flag.ExpectedRemoval is { } removal ? WireTime.Of(removal) : null)
        .Add("evaluations", stale.Evaluations)
        .Add("lastEvaluatedAt", stale.LastEvaluated is { } last ? WireTime.Of(last) : null)
        .Add("reasons", new JsonArray(
            [.. stale.Reasons.Select(reason => new JsonObjectBuilder(2).Add("code", reason.Code).Add("message", reason.Message).Build())]))
        .Build();
}
