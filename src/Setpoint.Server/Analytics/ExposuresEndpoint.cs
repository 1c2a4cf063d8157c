using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Process;

namespace Setpoint.Server.Analytics;

/// <summary><c>POST /api/features/exposures</c>: what processes evaluated themselves, counted.</summary>
internal sealed class ExposuresEndpoint(
    SnapshotBoard board, UsageBuffer buffer, SeenReports seen, ServerSettings settings, AnalyticsMetrics metrics, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        var fault = new QueryReader(context.Request).Finish();
        if (fault is not null
            || !(await RequestBody.ReadObjectAsync(context, RequestBody.OneDocument)).TryGet(out var json, out fault)
            || !ReportReader.Read(json).TryGet(out var report, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var snapshot = board.Current;
        if (!Names.IsValid(report.Environment) || !snapshot.Environments().Contains(report.Environment))
        {
            await Problem.WriteAsync(context, Fault.Missing.Environment(report.Environment));
            return;
        }

        await Answer.OkAsync(context, Take(snapshot, report));
    }

    private JsonObject Take(Snapshot snapshot, UsageReport report)
    {
        if (report is { Client: { } client, Sequence: { } sequence } && !seen.Take($"{report.Environment} {client}", sequence))
            return Told(0, 0, isRepeated: true);

        // A clock that runs ahead must not fill hours that have not come; what is older than the retention would be removed at once.
        var now = time.GetUtcNow();
        var at = report.To < now ? report.To : now;
        if (at < now.AddDays(-settings.AnalyticsDays))
            return Told(0, report.Counts.Sum(row => row.Count), isRepeated: false);

        // Only what exists is counted, or anybody could fill the store with names.
        var flags = snapshot.Flags().In(report.Namespace).Flags;
        var (accepted, ignored) = (0L, 0L);
        foreach (var row in report.Counts)
        {
            if (!flags.TryGetValue(row.Flag, out var flag) || (row.Variant is not null && flag.FindVariant(row.Variant) < 0))
            {
                ignored += row.Count;
                continue;
            }

            buffer.Add(new(report.Namespace, row.Flag, report.Environment, row.Variant, row.Reason), at, row.Count);
            accepted += row.Count;
        }

        foreach (var keys in report.Keys.Where(keys => flags.ContainsKey(keys.Flag)))
            buffer.Add(report.Namespace, keys.Flag, report.Environment, at, keys.Sketch);
        metrics.Reported(accepted);
        return Told(accepted, ignored, isRepeated: false);
    }

    private static JsonObject Told(long accepted, long ignored, bool isRepeated) => new JsonObjectBuilder(3)
        .Add("accepted", accepted)
        .Add("ignored", ignored)
        .Add("repeated", isRepeated)
        .Build();
}
