using System.Collections.Immutable;
using System.Globalization;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Server.Access;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Writes;
using Setpoint.Storage;

namespace Setpoint.Server.Commits;

/// <summary>Commits as they are: any kinds, all or nothing.</summary>
internal sealed class CommitEndpoints(SnapshotBoard board, LedgerWriter writer, ILedgerStore store)
{
    private const int LimitMax = 1000;
    private const int LimitDefault = 100;

    public async Task PostAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request);
        var dryRun = query.Boolean("dryRun");
        var fault = query.Finish();
        if (fault is not null
            || !(await RequestBody.ReadObjectAsync(context, RequestBody.ManyDocuments)).TryGet(out var json, out fault)
            || !ReadProposal(context, json).TryGet(out var proposal, out fault)
            || !WriteConditions.Read(context, null, json).TryGet(out var conditions, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        if (conditions.ExpectedVersion is not null)
        {
            await Problem.WriteAsync(context, new Fault.Malformed("A commit of several documents has no version of its own; say 'expectedVersion' with each change."));
            return;
        }

        var outcome = await writer.WriteAsync(new(proposal, conditions.Idempotency, dryRun), context.RequestAborted);
        if (!outcome.TryGet(out var written, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        context.Response.Headers[Answer.RevisionHeader] = HeaderText.Of(written.Revision);
        var answer = new JsonObjectBuilder(4).Add("revision", written.Revision).Add("changed", written.Changed);
        written.AddWarningsTo(answer);
        if (dryRun)
            answer.Add("dryRun", true);
        answer.Add("documents", new JsonArray([.. written.Documents.Select(document => (JsonValue)new JsonObjectBuilder(3)
            .Add("address", document.Address.Text)
            .Add("previousVersion", document.VersionBefore)
            .Add("version", document.VersionAfter)
            .Build())]));
        if (written.Trial is { } trial)
            EffectAnswer.AddAll(answer, trial, written.Addresses, context.RequestAborted);
        await Answer.WriteAsync(context, written.Changed && !dryRun ? StatusCodes.Status201Created : StatusCodes.Status200OK, answer.Build());
    }

    public async Task ListAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request);
        var after = query.Number("after", 0, long.MaxValue) ?? 0;
        var limit = (int)(query.Number("limit", 1, LimitMax) ?? LimitDefault);
        Address? address = null;
        string? problem = null;
        var addressWellFormed = query.String("address") is not { } text || Address.TryParse(text, out address, out problem);
        var fault = query.Finish() ?? (addressWellFormed ? null : new Fault.Malformed(problem!));
        if (fault is not null)
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var page = new PageBudget(limit);
        long? next = after;
        while (next is { } cursor && page.Take() is > 0 and var count)
        {
            var commits = await store.ReadCommitsAsync(cursor, count, address, context.RequestAborted);
            next = commits.Count == count ? commits[^1].Revision : null;
            foreach (var commit in commits)
            {
                page.Add(CommitJson.Of(commit));
                if (page.IsFull)
                {
                    next = commit.Revision < commits[^1].Revision ? commit.Revision : next;
                    break;
                }
            }
        }

        await Answer.OkAsync(context, Answer.List(page.Items, total: null, next));
    }

    public async Task GetAsync(HttpContext context)
    {
        var text = (string)context.Request.RouteValues["revision"]!;
        var head = board.Current.Revision;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) || revision < 1)
        {
            await Problem.WriteAsync(context, new Fault.Malformed($"'{text}' is no revision; revisions are whole numbers from 1 to {head}."));
            return;
        }

        if (revision > head || await store.FindCommitAsync(revision, context.RequestAborted) is not { } commit)
        {
            await Problem.WriteAsync(context, Fault.Missing.Version(revision, head));
            return;
        }

        await Answer.OkAsync(context, CommitJson.Of(commit));
    }

    private static Result<Proposal> ReadProposal(HttpContext context, JsonObject json)
    {
        var body = new BodyReader(json);
        var message = body.String("message") ?? "";
        var tags = body.Strings("tags");
        var listed = body.RequiredArray("changes");
        if (body.Finish() is { } fault)
            return fault;

        var violations = new ViolationList();
        var changes = ImmutableArray.CreateBuilder<ProposedChange>(listed!.Items.Length);
        for (var i = 0; i < listed.Items.Length; i++)
        {
            if (ReadChange(listed.Items[i], $"/changes/{i}", violations) is { } change)
                changes.Add(change);
        }

        if (violations.Count > 0)
            return new Fault.Malformed("Some changes of the commit cannot be read; 'errors' lists each of them.", violations.ToImmutable());
        if (changes.Count == 0)
            return new Fault.Malformed("The commit has no changes.");
        var planned = changes.ToImmutable();
        return new Proposal(context.Caller().Name, message, tags, _ => planned);
    }

    private static ProposedChange? ReadChange(JsonValue item, string path, ViolationList violations)
    {
        if (item is not JsonObject json)
        {
            violations.Add(null, path, ViolationCode.MalformedDocument, $"A change must be an object, not {JsonKinds.Describe(item.Kind)}.");
            return null;
        }

        var body = new BodyReader(json);
        var text = body.RequiredString("address");
        var expectedVersion = body.Number("expectedVersion");
        var document = body.RequiredValue("document");
        if (body.Finish() is { } fault)
        {
            violations.Add(null, path, ViolationCode.MalformedDocument, fault.Message);
            return null;
        }

        if (!Address.TryParse(text, out var address, out var problem))
        {
            violations.Add(null, path + "/address", ViolationCode.MalformedDocument, problem);
            return null;
        }

        if (document is not (JsonObject or JsonNull))
        {
            violations.Add(address, path + "/document", ViolationCode.InvalidParameterType, $"A document is a JSON object, or null to remove it, not {JsonKinds.Describe(document!.Kind)}.");
            return null;
        }

        return new(address, document as JsonObject, expectedVersion);
    }
}
