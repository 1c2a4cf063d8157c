using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Templates;
using Setpoint.Server.Access;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Writes;

namespace Setpoint.Server.Templates;

/// <summary><c>POST /api/config/{ns}?template=</c>: makes a namespace with all its layers, in one commit that is tagged with the template.</summary>
internal sealed class InstantiateEndpoint(SnapshotBoard board, LedgerWriter writer)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (!(await Order.ReadAsync(context)).TryGet(out var order, out var fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var proposal = new Proposal(context.Caller().Name, order.Description, order.Tags, plan => order.Plan(plan.Before));
        var planned = order.DryRun ? order.Plan(board.Current) : ImmutableArray<ProposedChange>.Empty;
        var outcome = await writer.WriteAsync(new(proposal, order.Conditions.Idempotency, order.DryRun), context.RequestAborted);
        if (!outcome.TryGet(out var written, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var ns = written.Of(NamespaceKind.AddressOf(order.Namespace));
        var made = written.Documents.Select(document => (JsonValue)Describe(document, planned.IsFault ? [] : planned.Value));
        var answer = new JsonObjectBuilder(8)
            .Add("serviceName", order.Namespace)
            .Add("template", order.Template)
            .Add("made", new JsonArray([.. made]))
            .Add("version", ns.VersionAfter)
            .Add("etag", ns.VersionAfter.ToString())
            .Add("revision", written.Revision)
            .Add("changed", written.Changed);
        written.AddWarningsTo(answer);
        if (order.DryRun)
            answer.Add("dryRun", true);
        context.Response.Headers[Answer.RevisionHeader] = HeaderText.Of(written.Revision);
        context.Response.Headers.ETag = $"\"{ns.VersionAfter}\"";
        await Answer.WriteAsync(context, order.DryRun ? StatusCodes.Status200OK : StatusCodes.Status201Created, answer.Build());
    }

    /// <param name="planned">Of a dry run, whose documents cannot be read afterwards.</param>
    private static JsonObject Describe(WrittenDocument document, ImmutableArray<ProposedChange> planned)
    {
        var described = new JsonObjectBuilder(3).Add("address", document.Address.Text).Add("version", document.VersionAfter);
        if (planned.FirstOrDefault(change => change.Address == document.Address)?.Body is { } body)
            described.Add("document", body);
        return described.Build();
    }

    /// <summary>What the request says.</summary>
    private sealed record Order(
        string Namespace, string Template, JsonObject Parameters, string Description, ImmutableArray<string> Tags, WriteConditions Conditions, bool DryRun)
    {
        public static async Task<Result<Order>> ReadAsync(HttpContext context)
        {
            var ns = (string)context.Request.RouteValues["ns"]!;
            var query = new QueryReader(context.Request);
            var dryRun = query.Boolean("dryRun");
            var template = query.String("template");
            if (query.Finish() is { } queryFault)
                return queryFault;
            if (template is null)
                return new Fault.Malformed($"POST makes a namespace from a template, which ?template= names; GET /api/templates lists them. PUT /api/config/{ns} writes a configuration.");
            if (!(await RequestBody.ReadObjectAsync(context, RequestBody.OneDocument)).TryGet(out var json, out var fault))
                return fault;

            var body = new BodyReader(json);
            var parameters = body.Object("parameters") ?? JsonObject.Empty;
            var description = body.String("description") ?? $"Make {ns} from template {template}.";
            var tags = body.Strings("tags");
            if (body.Finish() is { } bodyFault)
                return bodyFault;
            if (!Names.IsValid(ns))
                return new Fault.Malformed(Names.Explain("Namespace", ns));
            if (!TemplateKind.IsName(template))
                return SnapshotTemplates.MissingTemplate(template);
            if (!WriteConditions.Read(context, null, json).TryGet(out var conditions, out fault))
                return fault;
            return new Order(ns, template, parameters, description, [.. tags, TemplateKind.TagPrefix + template], conditions, dryRun);
        }

        public Result<ImmutableArray<ProposedChange>> Plan(Snapshot before)
        {
            if (!before.Templates().TryFind(Template, out var template))
                return SnapshotTemplates.MissingTemplate(Template);
            if (before.Namespaces().Contains(Namespace))
            {
                return new Fault.Conflict(
                    $"Namespace '{Namespace}' exists already, and a template makes new ones only. Choose another name, change this one with PUT /api/config/{Namespace}, or remove it first (DELETE /api/config/{Namespace}?all=true).");
            }

            if (!template.Instantiate(Namespace, Parameters).TryGet(out var changes, out var fault))
                return fault;
            return Conditions.ExpectedVersion is { } expected ? changes.SetItem(0, changes[0] with { ExpectedVersion = expected }) : changes;
        }
    }
}
