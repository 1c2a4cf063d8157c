using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Schemas;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Storage;

namespace Setpoint.Server.Schemas;

/// <summary><c>GET /api/schemas/{ns}/versions</c>: every schema that a namespace has had, newest first.</summary>
internal sealed class SchemaVersionsEndpoint(SnapshotBoard board, ILedgerStore store)
{
    private const int LimitMax = 1000;
    private const int LimitDefault = 50;

    public async Task HandleAsync(HttpContext context)
    {
        var ns = (string)context.Request.RouteValues["ns"]!;
        var query = new QueryReader(context.Request);
        var limit = (int)(query.Number("limit", 1, LimitMax) ?? LimitDefault);
        var offset = (int)(query.Number("offset", 0, int.MaxValue) ?? 0);
        var fault = query.Finish();
        if (fault is null && board.Current.Schemas().VersionOf(ns) == 0)
            fault = new Fault.Missing("SchemaNotFound", $"Namespace '{ns}' never had a schema.");
        if (fault is not null)
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var page = new PageBudget(limit);
        var total = int.MaxValue;
        while (offset + page.Items.Count < total && page.Take() is > 0 and var count)
        {
            var commits = await store.ReadHistoryAsync([SchemaKind.AddressOf(ns)], offset + page.Items.Count, count, context.RequestAborted);
            foreach (var commit in commits.Commits)
            {
                page.Add(Entry(commit));
                if (page.IsFull)
                    break;
            }

            total = commits.Total;
        }

        long? next = offset + page.Items.Count < total ? offset + page.Items.Count : null;
        await Answer.OkAsync(context, Answer.List(page.Items, total, next));
    }

    private static JsonObject Entry(Commit commit)
    {
        var body = commit.Changes[0].After.Body;
        var entry = new JsonObjectBuilder(8)
            .Add("documentVersion", commit.Revision)
            .Add("timestamp", CommitHash.Timestamp(commit.At))
            .Add("actor", commit.Actor)
            .Add("description", commit.Message)
            .Add("removed", body is null);
        if (body is null)
            return entry.Build();
        return entry.Add("version", body["version"] ?? JsonNumber.Of(1)).Add("schema", body["schema"]!).Build();
    }
}
