using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Server.Access;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Writes;

namespace Setpoint.Server.Configs;

/// <summary>What a write to one layer says besides its content.</summary>
internal sealed record LayerEdit(LayerSlot Slot, string Description, ImmutableArray<string> Tags, WriteConditions Conditions, bool DryRun);

/// <summary>Proposes changes of one layer and answers with the layer's new version.</summary>
internal sealed class LayerWriter(LedgerWriter writer)
{
    /// <summary>Proposes <paramref name="change"/> of the layer's document and writes the answer.</summary>
    /// <param name="change">From the layer as it is, or null where there is none, to the document as it shall be, or null to remove it.</param>
    public async Task WriteAsync(HttpContext context, LayerEdit edit, Func<LayerEntry?, PlanContext, Result<JsonObject?>> change)
    {
        var address = edit.Slot.ToAddress();
        var proposal = new Proposal(context.Caller().Name, edit.Description, edit.Tags, plan =>
        {
            if (LayerChoice.CheckEnvironment(plan.Before, edit.Slot) is { } missing)
                return missing;
            var current = plan.Before.Configs().Find(edit.Slot);
            return change(current?.Content is null ? null : current, plan).TryGet(out var body, out var fault)
                ? ImmutableArray.Create(new ProposedChange(address, body, edit.Conditions.ExpectedVersion))
                : fault;
        });

        var outcome = await writer.WriteAsync(new(proposal, edit.Conditions.Idempotency, edit.DryRun), context.RequestAborted);
        if (!outcome.TryGet(out var written, out var refusal))
        {
            await Problem.WriteAsync(context, refusal);
            return;
        }

        var document = written.Of(address);
        var body = Describe(edit.Slot)
            .Add("version", document.VersionAfter)
            .Add("etag", document.VersionAfter.ToString())
            .Add("revision", written.Revision)
            .Add("changed", written.Changed);
        written.AddWarningsTo(body);
        if (edit.DryRun)
            body.Add("dryRun", true);
        var answer = body.Build();
        if (written.Trial is { } trial)
            answer = EffectAnswer.Add(answer, edit.Slot.Namespace, trial, written.Addresses, context.RequestAborted);

        context.Response.Headers[Answer.RevisionHeader] = HeaderText.Of(written.Revision);
        if (document.VersionAfter != 0)
            context.Response.Headers.ETag = $"\"{document.VersionAfter}\"";
        await Answer.WriteAsync(context, document.Created && !edit.DryRun ? StatusCodes.Status201Created : StatusCodes.Status200OK, answer);
    }

    /// <summary>The layer's name in the fields that choose it.</summary>
    public static JsonObjectBuilder Describe(in LayerSlot slot)
    {
        var body = new JsonObjectBuilder(10).Add("serviceName", slot.Namespace);
        body.Add("environment", slot.Scope is LayerScope.Environment or LayerScope.Runtime ? new JsonString(slot.Key) : JsonNull.Instance);
        if (slot.Scope == LayerScope.User)
            body.Add("scope", "user").Add("user", slot.Key);
        else if (slot.Scope == LayerScope.Runtime)
            body.Add("scope", "runtime");
        return body.Add("address", slot.ToAddress().Text);
    }
}
