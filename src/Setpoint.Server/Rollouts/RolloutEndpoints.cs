using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Writes;

namespace Setpoint.Server.Rollouts;

/// <summary>Rollouts: <c>{state, environments?, when?, split, arms, experiment?, description?, owner?, tags?}</c>.</summary>
internal sealed class RolloutEndpoints(SnapshotBoard board, DocumentWriter writer)
{
    /// <summary>Of one namespace or all, and those that apply in an environment or all; without what their arms say.</summary>
    public Task ListAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request);
        var ns = query.String("namespace");
        var environment = query.String("environment");
        var snapshot = board.Current;
        var fault = query.Finish();
        if (fault is null && ns is not null && !snapshot.Namespaces().Contains(ns))
            fault = Fault.Missing.Namespace(ns);
        if (fault is null && environment is not null && !snapshot.Environments().Contains(environment))
            fault = Fault.Missing.Environment(environment);
        if (fault is not null)
            return Problem.WriteAsync(context, fault);

        var chain = environment is null ? [] : snapshot.Environments().ChainOf(environment);
        var items = (ns is null ? snapshot.Rollouts().All : snapshot.Rollouts().In(ns) is { } one ? [one] : [])
            .SelectMany(rollouts => rollouts.All)
            .Where(rollout => environment is null || rollout.AppliesIn(chain))
            .Select(RolloutJson.Summarise)
            .ToList();
        return Answer.OkAsync(context, Answer.List(items, items.Count));
    }

    public Task GetAsync(HttpContext context)
    {
        var (ns, id) = PathOf(context);
        var snapshot = board.Current;
        if (snapshot.Rollouts().Find(ns, id) is not { } rollout)
            return Problem.WriteAsync(context, SnapshotRollouts.Missing(ns, id));
        context.Response.Headers.ETag = $"\"{rollout.Document!.Version}\"";
        return Answer.OkAsync(context, RolloutJson.Describe(snapshot, ns, id));
    }

    /// <summary>Why who asks with these parameters is in an arm, or in none. Looking at it exposes nobody to an experiment.</summary>
    public Task ExplainAsync(HttpContext context)
    {
        var (ns, id) = PathOf(context);
        var query = new QueryReader(context.Request);
        // As a read of the configuration is asked, so that only the path differs.
        var environment = query.String("environment") ?? EnvironmentHeader.Of(context.Request);
        var audience = Audience.Of(query.String("user"), query.Attributes());
        var snapshot = board.Current;
        var fault = query.Finish();
        if (fault is null && environment is not null && !snapshot.Environments().Contains(environment))
            fault = Fault.Missing.Environment(environment);
        if (fault is null && snapshot.Rollouts().Find(ns, id) is { } rollout)
        {
            context.Response.Headers[Answer.RevisionHeader] = HeaderText.Of(snapshot.Revision);
            return Answer.OkAsync(context, ArmExplanationJson.Of(snapshot, rollout, environment, audience));
        }

        return Problem.WriteAsync(context, fault ?? SnapshotRollouts.Missing(ns, id));
    }

    public async Task PutAsync(HttpContext context)
    {
        var (ns, id) = PathOf(context);
        if (!(await RequestBody.ReadObjectAsync(context, RequestBody.OneDocument)).TryGet(out var json, out var fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        // What the fields may hold is the kind's business; here only what the wire adds to the document is taken off.
        var added = new BodyReader(BodyReader.Pick(json, "namespace", "id", "expectedVersion"));
        var (saidNamespace, saidId) = (added.String("namespace"), added.String("id"));
        var expectedVersion = added.Number("expectedVersion");
        fault = added.Finish();
        if (fault is null && ((saidNamespace ?? ns) != ns || (saidId ?? id) != id))
            fault = new Fault.Malformed($"The path names rollout '{id}' of namespace '{ns}'; 'namespace' and 'id' in the body must be the same or absent.");
        if (fault is null && !Names.IsValid(ns))
            fault = new Fault.Malformed(Names.Explain("Namespace", ns));
        if (fault is null && !Names.IsValid(id))
            fault = new Fault.Malformed(Names.Explain("Rollout", id));
        if (fault is not null)
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var document = json.Without("namespace").Without("id").Without("expectedVersion");
        await writer.WriteAsync(context, json, RolloutKind.AddressOf(ns, id), $"Set rollout {id} of {ns}.", expectedVersion,
            before => before.Namespaces().Contains(ns) ? document : Fault.Missing.Namespace(ns), after => RolloutJson.Describe(after, ns, id), affected: ns);
    }

    public Task DeleteAsync(HttpContext context)
    {
        var (ns, id) = PathOf(context);
        if (!Names.IsValid(ns) || !Names.IsValid(id))
            return Problem.WriteAsync(context, SnapshotRollouts.Missing(ns, id));
        return writer.WriteAsync(context, null, RolloutKind.AddressOf(ns, id), $"Delete rollout {id} of {ns}.", expectedVersion: null,
            before => before.Rollouts().Find(ns, id) is null ? SnapshotRollouts.Missing(ns, id) : (Result<JsonObject?>)(JsonObject?)null,
            after => RolloutJson.Describe(after, ns, id), affected: ns);
    }

    private static (string Namespace, string Id) PathOf(HttpContext context) =>
        ((string)context.Request.RouteValues["ns"]!, (string)context.Request.RouteValues["id"]!);
}
