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
    public async Task HandleAsync(HttpContext context)
    {
        var ns = (string)context.Request.RouteValues["ns"]!;
        var query = new QueryReader(context.Request);
        var page = HistoryPage.Of(query);
        var fault = query.Finish();
        if (fault is null && board.Current.Schemas().VersionOf(ns) == 0)
            fault = new Fault.Missing("SchemaNotFound", $"Namespace '{ns}' never had a schema.");
        if (fault is not null)
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        await Answer.OkAsync(context, await page.ReadAsync(store, [SchemaKind.AddressOf(ns)], Entry, context.RequestAborted));
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
