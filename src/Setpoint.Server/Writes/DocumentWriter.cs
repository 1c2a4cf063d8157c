using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Server.Access;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;

namespace Setpoint.Server.Writes;

/// <summary>Writes one document of a kind that is edited as a whole, with conditions, dry run and idempotency as every write has them.</summary>
internal sealed class DocumentWriter(LedgerWriter writer, SnapshotBoard board)
{
    /// <param name="body">The request's body, for the idempotency key.</param>
    /// <param name="change">From the snapshot to the document as it shall be, or null to remove it.</param>
    /// <param name="describe">The answer, out of the snapshot after the change.</param>
    /// <param name="versionName">What the answer calls the document's version.</param>
    /// <param name="affected">The namespace whose effective configuration a dry run shows the difference of; null for none.</param>
    /// <param name="alsoKnown">A query parameter that the caller has read itself.</param>
    public async Task WriteAsync(
        HttpContext context,
        JsonObject? body,
        Address address,
        string message,
        long? expectedVersion,
        Func<Snapshot, Result<JsonObject?>> change,
        Func<Snapshot, JsonObject> describe,
        string versionName = "version",
        string? alsoKnown = null,
        string? affected = null)
    {
        var plan = (PlanContext planning) => change(planning.Before).TryGet(out var document, out var refusal)
            ? (Result<ImmutableArray<ProposedChange>>)ImmutableArray.Create(new ProposedChange(address, document, expectedVersion))
            : refusal;
        await WriteAsync(context, body, address, message, expectedVersion, plan, describe, versionName, alsoKnown, affected);
    }

    /// <inheritdoc cref="WriteAsync(HttpContext, JsonObject?, Address, string, long?, Func{Snapshot, Result{JsonObject?}}, Func{Snapshot, JsonObject}, string, string?, string?)"/>
    /// <param name="plan">Changes more than the one document.</param>
    public async Task WriteAsync(
        HttpContext context,
        JsonObject? body,
        Address address,
        string message,
        long? expectedVersion,
        Func<PlanContext, Result<ImmutableArray<ProposedChange>>> plan,
        Func<Snapshot, JsonObject> describe,
        string versionName = "version",
        string? alsoKnown = null,
        string? affected = null)
    {
        var query = new QueryReader(context.Request);
        var dryRun = query.Boolean("dryRun");
        var description = query.String("description") ?? message;
        if (alsoKnown is not null)
            query.String(alsoKnown);
        var fault = query.Finish();
        if (fault is not null || !WriteConditions.Read(context, expectedVersion, body).TryGet(out var conditions, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var proposal = new Proposal(context.Caller().Name, description, [], planning => plan(planning).TryGet(out var changes, out var refusal)
            ? changes.Select(one => one.Address == address ? one with { ExpectedVersion = conditions.ExpectedVersion ?? one.ExpectedVersion } : one).ToImmutableArray()
            : refusal);
        var outcome = await writer.WriteAsync(new(proposal, conditions.Idempotency, dryRun), context.RequestAborted);
        if (!outcome.TryGet(out var written, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var document = written.Of(address);
        var answer = describe(written.Trial?.After ?? board.Current)
            .With(versionName, JsonNumber.Of(document.VersionAfter))
            .With("etag", new JsonString(document.VersionAfter.ToString()))
            .With("revision", JsonNumber.Of(written.Revision))
            .With("changed", JsonBoolean.Of(written.Changed));
        if (!written.Warnings.Items.IsEmpty)
            answer = answer.With("warnings", written.Warnings);
        if (dryRun)
            answer = answer.With("dryRun", JsonBoolean.True);
        if (affected is not null && written.Trial is { } trial)
            answer = EffectAnswer.Add(answer, affected, trial, written.Addresses, context.RequestAborted);
        context.Response.Headers[Answer.RevisionHeader] = HeaderText.Of(written.Revision);
        if (document.VersionAfter != 0)
            context.Response.Headers.ETag = $"\"{document.VersionAfter}\"";
        await Answer.WriteAsync(context, document.Created && !dryRun ? StatusCodes.Status201Created : StatusCodes.Status200OK, answer);
    }
}
