using System.Collections.Immutable;
using Microsoft.Net.Http.Headers;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Server.Access;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Writes;

namespace Setpoint.Server.Configs;

/// <summary>PUT, PATCH and DELETE of one layer, and validation without writing.</summary>
internal sealed class WriteEndpoints(LayerWriter layers, LedgerWriter writer, SnapshotBoard board)
{
    private const string MergePatchType = "application/merge-patch+json";
    private const string JsonPatchType = "application/json-patch+json";

    public async Task PutAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request);
        var dryRun = query.Boolean("dryRun");
        if (!(await ReadPutAsync(context, query)).TryGet(out var put, out var fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var edit = put.Edit with { DryRun = dryRun };
        await layers.WriteAsync(context, edit, (_, plan) => put.BodyAt(plan.Now));
    }

    /// <summary>The same body as PUT; answers what it would do.</summary>
    public async Task ValidateAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request);
        if (!(await ReadPutAsync(context, query)).TryGet(out var put, out var fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var slot = put.Edit.Slot;
        var before = board.Current;
        if (LayerChoice.CheckEnvironment(before, slot) is { } missing)
        {
            await Problem.WriteAsync(context, missing);
            return;
        }

        var proposal = new Proposal(context.Caller().Name, put.Edit.Description, put.Edit.Tags, plan =>
            put.BodyAt(plan.Now).TryGet(out var body, out var refusal)
                ? ImmutableArray.Create(new ProposedChange(slot.ToAddress(), body, put.Edit.Conditions.ExpectedVersion))
                : refusal);
        var judged = Gate.Judge(before, proposal, context.Now());
        switch (judged.Fault)
        {
            case null:
                var changed = (judged.Value.Commit?.Changes ?? []).Select(change => change.Address);
                var answer = ValidationAnswer([], judged.Value.Warnings);
                await Answer.OkAsync(context, EffectAnswer.Add(answer, slot.Namespace, new(before, judged.Value.After), changed, context.RequestAborted));
                break;
            case Fault.Invalid invalid:
                await Answer.OkAsync(context, ValidationAnswer(invalid.Violations, []));
                break;
            case Fault.TimedOut timedOut:
                await Answer.OkAsync(context, ValidationAnswer(timedOut.Violations, []));
                break;
            case var other:
                await Problem.WriteAsync(context, other);
                break;
        }
    }

    public async Task PatchAsync(HttpContext context)
    {
        var type = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var parsed) ? parsed.MediaType.Value : null;
        if (type is not (MergePatchType or JsonPatchType))
        {
            await Problem.WriteAsync(context, new Fault.Malformed($"A PATCH has the content type {MergePatchType} or {JsonPatchType}, not '{context.Request.ContentType}'."));
            return;
        }

        if (!(await RequestBody.ReadAsync(context, RequestBody.OneDocument)).TryGet(out var body, out var fault)
            || !ReadEdit(context, body).TryGet(out var edit, out fault)
            || !ReadPatch(type, body).TryGet(out var patch, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        await layers.WriteAsync(context, edit, (current, _) =>
        {
            if (current is null && edit.Slot.Scope == LayerScope.Runtime)
                return Fault.Missing.Config($"{edit.Slot.ToAddress()} does not exist; a runtime override is made by PUT, with its end.");
            return patch(current?.Content!.Config ?? JsonObject.Empty).TryGet(out var patched, out var refusal)
                ? Wrap(edit.Slot, patched, current)
                : refusal;
        });
    }

    public async Task DeleteAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request);
        if (query.Boolean("all"))
        {
            await DeleteNamespaceAsync(context, query);
            return;
        }

        if (!ReadEdit(context, null, takesAll: true).TryGet(out var edit, out var fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        await layers.WriteAsync(context, edit, (current, plan) =>
        {
            if (!plan.Before.Namespaces().Contains(edit.Slot.Namespace))
                return Fault.Missing.Namespace(edit.Slot.Namespace);
            return current is null ? (Result<JsonObject?>)LayerChoice.Missing(edit.Slot) : (JsonObject?)null;
        });
    }

    /// <summary>The document of a layer with this configuration; a runtime override keeps its end.</summary>
    public static Result<JsonObject?> Wrap(in LayerSlot slot, JsonObject config, LayerEntry? current) =>
        slot.Scope != LayerScope.Runtime ? config
        : current?.Content?.ExpiresAt is { } end ? ConfigKind.RuntimeBody(config, end)
        : Fault.Missing.Config($"{slot.ToAddress()} does not exist; a runtime override is made by PUT of the layer, with 'ttlSeconds'.");

    /// <summary>What the query and the headers of a write to one layer say.</summary>
    public static Result<LayerEdit> ReadEdit(HttpContext context, JsonValue? body, long? expectedVersion = null, string? description = null, bool takesAll = false)
    {
        var query = new QueryReader(context.Request);
        var slot = LayerChoice.FromQuery((string)context.Request.RouteValues["ns"]!, query, context.Request);
        var dryRun = query.Boolean("dryRun");
        var said = query.String("description");
        // Here it is false, or it would not come here; elsewhere it is unknown.
        if (takesAll)
            query.Boolean("all");
        if (query.Finish() is { } fault)
            return fault;
        if (!slot.TryGet(out var chosen, out fault) || !WriteConditions.Read(context, expectedVersion, body).TryGet(out var conditions, out fault))
            return fault;
        return new LayerEdit(chosen, description ?? said ?? "", [], conditions, dryRun);
    }

    private static Result<Func<JsonObject, Result<JsonObject>>> ReadPatch(string type, JsonValue body)
    {
        if (type == MergePatchType)
        {
            return body is JsonObject merge
                ? (Func<JsonObject, Result<JsonObject>>)(config => (JsonObject)MergePatch.Apply(config, merge))
                : new Fault.Malformed($"A merge patch of a layer must be a JSON object, not {JsonKinds.Describe(body.Kind)}: a layer is always an object.");
        }

        if (!JsonPatch.Parse(body).TryGet(out var patch, out var fault))
            return fault;
        return (Func<JsonObject, Result<JsonObject>>)(config =>
        {
            if (!patch.Apply(config).TryGet(out var patched, out var refusal))
                return refusal;
            return patched is JsonObject members
                ? members
                : new Fault.Malformed($"The patch would make the layer {JsonKinds.Describe(patched.Kind)}; a layer is always an object.");
        });
    }

    private async Task DeleteNamespaceAsync(HttpContext context, QueryReader query)
    {
        var ns = (string)context.Request.RouteValues["ns"]!;
        var dryRun = query.Boolean("dryRun");
        var description = query.String("description") ?? "";
        var fault = query.Finish();
        if (fault is not null || !WriteConditions.Read(context, null, null).TryGet(out var conditions, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var proposal = new Proposal(context.Caller().Name, description, [], plan => NamespaceRemoval.Plan(plan.Before, ns, conditions.ExpectedVersion));
        var outcome = await writer.WriteAsync(new(proposal, conditions.Idempotency, dryRun), context.RequestAborted);
        if (!outcome.TryGet(out var written, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        context.Response.Headers[Answer.RevisionHeader] = HeaderText.Of(written.Revision);
        var answer = new JsonObjectBuilder(6)
            .Add("serviceName", ns)
            .Add("revision", written.Revision)
            .Add("changed", written.Changed)
            .Add("removed", JsonArray.OfStrings(written.Documents.Select(document => document.Address.Text)));
        written.AddWarningsTo(answer);
        if (dryRun)
            answer.Add("dryRun", true);
        await Answer.OkAsync(context, answer.Build());
    }

    /// <summary>With nothing changed, as of what is refused.</summary>
    private static JsonObject ValidationAnswer(ImmutableArray<Violation> violations, ImmutableArray<Violation> warnings) => new JsonObjectBuilder(8)
        .Add("valid", violations.IsEmpty)
        .Add("errors", Problem.ToJson(violations))
        .Add("warnings", Problem.ToJson(warnings))
        .Add("changes", JsonObject.Empty)
        .Build();

    private static async Task<Result<Put>> ReadPutAsync(HttpContext context, QueryReader query)
    {
        query.Boolean("dryRun");
        var inQuery = (Scope: query.String("scope"), Environment: query.String("environment"), User: query.String("user"));
        if (query.Finish() is { } queryFault)
            return queryFault;
        if (!(await RequestBody.ReadObjectAsync(context, RequestBody.OneDocument)).TryGet(out var json, out var fault))
            return fault;

        var body = new BodyReader(json);
        var inBody = (Scope: body.String("scope"), Environment: body.String("environment"), User: body.String("user"));
        var config = body.RequiredObject("config");
        var description = body.String("description") ?? "";
        var tags = body.Strings("tags");
        var secrets = body.Object("secrets");
        var ttl = body.Number("ttlSeconds");
        var expectedVersion = body.Number("expectedVersion");
        if (body.Finish() is { } bodyFault)
            return bodyFault;
        if (secrets is { Count: > 0 })
            return new Fault.Sealed("This server cannot store secrets yet; send the configuration without 'secrets'.");
        var contradiction = Contradiction("environment", inQuery.Environment, inBody.Environment)
            ?? Contradiction("scope", inQuery.Scope, inBody.Scope)
            ?? Contradiction("user", inQuery.User, inBody.User);
        if (contradiction is not null)
            return contradiction;

        var scope = inBody.Scope ?? inQuery.Scope;
        var environment = inBody.Environment ?? inQuery.Environment ?? (scope == "user" ? null : LayerChoice.EnvironmentOf(query, context.Request));
        if (!LayerChoice.From((string)context.Request.RouteValues["ns"]!, scope, environment, inBody.User ?? inQuery.User).TryGet(out var slot, out fault)
            || !WriteConditions.Read(context, expectedVersion, json).TryGet(out var conditions, out fault))
        {
            return fault;
        }

        if (slot.Scope == LayerScope.Runtime && (ttl is null or 0 || ttl > ConfigKind.RuntimeLifetimeMax.TotalSeconds))
            return new Fault.Malformed($"'ttlSeconds' is {(ttl is null ? "missing" : ttl.ToString())}; a runtime override needs one from 1 to {ConfigKind.RuntimeLifetimeMax.TotalSeconds}.");
        if (slot.Scope != LayerScope.Runtime && ttl is not null)
            return new Fault.Malformed("'ttlSeconds' is for scope=runtime only; other layers stay until they are changed.");
        return new Put(new LayerEdit(slot, description, tags, conditions, DryRun: false), config!, ttl);
    }

    private static Fault.Malformed? Contradiction(string name, string? inQuery, string? inBody) =>
        inQuery is not null && inBody is not null && inQuery != inBody
            ? new($"The query says {name}={inQuery} and the body '{inBody}'; say it once.")
            : null;

    private sealed record Put(LayerEdit Edit, JsonObject Config, long? TtlSeconds)
    {
        public Result<JsonObject?> BodyAt(DateTimeOffset now) =>
            TtlSeconds is { } seconds ? ConfigKind.RuntimeBody(Config, now.AddSeconds(seconds)) : Config;
    }
}
