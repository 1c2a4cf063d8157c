using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Server.Access;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Writes;
using Setpoint.Storage;

namespace Setpoint.Server.Configs;

/// <summary>
/// <c>POST /api/config/{ns}/rollback</c>: a new commit with the content of then, judged by today's rules. Runtime overrides and users'
/// layers are not touched.
/// </summary>
internal sealed class RollbackEndpoint(LedgerWriter writer, SnapshotBoard board, ILedgerStore store)
{
    public async Task HandleAsync(HttpContext context)
    {
        var ns = (string)context.Request.RouteValues["ns"]!;
        var query = new QueryReader(context.Request);
        var dryRun = query.Boolean("dryRun");
        var fault = query.Finish();
        if (fault is not null || !(await RequestBody.ReadObjectAsync(context, RequestBody.OneDocument)).TryGet(out var json, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var body = new BodyReader(json);
        var version = body.Number("version");
        var environment = body.String("environment");
        var description = body.String("description");
        fault = body.Finish() ?? (version is null or 0 ? new Fault.Malformed("'version' is required: the revision to go back to, 1 or more.") : null);
        if (fault is not null
            || Check(ns, environment, version!.Value) is { } missing && (fault = missing) is not null
            || !WriteConditions.Read(context, null, json).TryGet(out var conditions, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var then = await ReadThenAsync(ns, environment, version.Value, context.RequestAborted);
        if (then.IsEmpty)
        {
            await Problem.WriteAsync(context, new Fault.RollbackFailed(
                $"{(environment is null ? $"Namespace '{ns}'" : new LayerSlot(ns, LayerScope.Environment, environment).ToAddress().Text)} did not exist yet at version {version}; there is nothing to go back to. DELETE removes it.", []));
            return;
        }

        var message = description ?? $"Roll back to version {version}.";
        var proposal = new Proposal(context.Caller().Name, message, [], plan => Plan(plan.Before, ns, environment, then)) { RollbackTo = version };
        var outcome = await writer.WriteAsync(new(proposal, conditions.Idempotency, dryRun), context.RequestAborted);
        if (!outcome.TryGet(out var written, out fault))
        {
            await Problem.WriteAsync(context, fault is Fault.Invalid invalid
                ? new Fault.RollbackFailed($"The content of version {version} breaks rules that hold today: {invalid.Message}", invalid.Violations)
                : fault);
            return;
        }

        context.Response.Headers[Answer.RevisionHeader] = HeaderText.Of(written.Revision);
        var answer = new JsonObjectBuilder(7).Add("serviceName", ns);
        answer.Add("environment", environment is null ? JsonNull.Instance : new JsonString(environment));
        answer.Add("version", written.Revision).Add("revision", written.Revision).Add("rolledBackTo", version.Value).Add("changed", written.Changed);
        written.AddWarningsTo(answer);
        if (dryRun)
            answer.Add("dryRun", true);
        await Answer.OkAsync(context, answer.Build());
    }

    private Fault? Check(string ns, string? environment, long version)
    {
        var head = board.Current;
        if (head.Namespaces().VersionOf(ns) == 0)
            return Fault.Missing.Namespace(ns);
        if (environment is not null && !head.Environments().Contains(environment))
            return Fault.Missing.Environment(environment);
        return version > head.Revision ? Fault.Missing.Version(version, head.Revision) : null;
    }

    /// <summary>The documents of then: of one layer, or of the base and all environments. Tombstones say that a layer was removed by then.</summary>
    private async Task<ImmutableArray<Document>> ReadThenAsync(string ns, string? environment, long version, CancellationToken cancellationToken)
    {
        if (environment is not null)
            return [.. await store.ReadAsOfAsync([new LayerSlot(ns, LayerScope.Environment, environment).ToAddress()], version, cancellationToken)];
        var all = await store.ReadAsOfAsync(ConfigKind.KindName, ns, version, cancellationToken);
        return [.. all.Where(document => IsRolledBack(document.Address))];
    }

    private static Result<ImmutableArray<ProposedChange>> Plan(Snapshot before, string ns, string? environment, ImmutableArray<Document> then)
    {
        var changes = ImmutableArray.CreateBuilder<ProposedChange>();
        foreach (var document in then)
            changes.Add(new(document.Address, document.Body));
        if (environment is not null)
            return changes.ToImmutable();

        // Layers that were added since did not exist then.
        var known = then.Select(document => document.Address).ToHashSet();
        foreach (var entry in before.Configs().Find(ns)?.All ?? [])
        {
            if (entry.Content is not null && IsRolledBack(entry.Document.Address) && !known.Contains(entry.Document.Address))
                changes.Add(new(entry.Document.Address, null));
        }

        return changes.ToImmutable();
    }

    private static bool IsRolledBack(Address address) =>
        LayerSlot.TryParse(address, out var slot, out _) && slot.Scope is LayerScope.Base or LayerScope.Environment;
}
