using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Formats;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Server.Access;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Writes;

namespace Setpoint.Server.Flags;

/// <summary>Flags of one environment in the formats of others: <c>POST /api/features/import</c>, <c>GET /api/features/export</c>.</summary>
internal sealed class TransferEndpoints(SnapshotBoard board, FlagBoard flags, FlagEndpoints one, LedgerWriter writer, TimeProvider time)
{
    // They travel as headers, whose size is bounded.
    private const int NotesMax = 20;

    public async Task ImportAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request);
        var (ns, environment) = FlagTarget.Read(query, context.Request);
        var format = query.String("format");
        var invalid = query.String("invalid");
        var dryRun = query.Boolean("dryRun");
        var description = query.String("description");
        var fault = query.Finish() ?? CheckFormat(format, "flagd");
        if (fault is null && invalid is not (null or "refuse" or "keep"))
            fault = new Fault.Malformed($"Query parameter 'invalid' is '{invalid}'; it must be refuse or keep.");
        if (fault is not null
            || !FlagTarget.Choose(ns, environment, context: null).TryGet(out var target, out fault)
            || !(await RequestBody.ReadObjectAsync(context, RequestBody.ManyDocuments)).TryGet(out var document, out fault)
            || !WriteConditions.Read(context, expectedVersion: null, document).TryGet(out var conditions, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        if (!Names.IsValid(target.Namespace))
        {
            await Problem.WriteAsync(context, new Fault.Malformed(Names.Explain("Namespace", target.Namespace)));
            return;
        }

        var message = description ?? $"Import flags of {target.Namespace} for {target.Environment} from flagd's format.";
        var proposal = new Proposal(context.Caller().Name, message, [], plan =>
        {
            // Said once, and not of each flag that would have settings there.
            if (!plan.Before.Environments().Contains(target.Environment))
                return Fault.Missing.Environment(target.Environment);
            var read = FlagdFormat.Import(
                document, target.Namespace, target.Environment, keepInvalid: invalid == "keep", key => plan.Before.Flags().Find(target.Namespace, key));
            plan.Refuse(read.Violations, read.Unread);
            return read.Changes;
        });
        var outcome = await writer.WriteAsync(new(proposal, conditions.Idempotency, dryRun), context.RequestAborted);
        if (!outcome.TryGet(out var written, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var items = written.Documents.Where(one => one.Address.Kind == FlagKind.KindName).Select(Item);
        var answer = new JsonObjectBuilder(8)
            .Add("namespace", target.Namespace)
            .Add("environment", target.Environment)
            .Add("items", new JsonArray([.. items]))
            .Add("revision", written.Revision)
            .Add("changed", written.Changed);
        written.AddWarningsTo(answer);
        if (dryRun)
            answer.Add("dryRun", true);
        context.Response.Headers[Answer.RevisionHeader] = HeaderText.Of(written.Revision);
        await Answer.OkAsync(context, answer.Build());
    }

    public Task ExportAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request);
        var format = query.String("format");
        // The words of our own paths are keys too: this is a flag, unless a format makes it an export.
        if (format is null)
            return one.GetAsync(context, query, "export", " To export all flags, say how: ?format=flagd or ?format=microsoft.");
        var (ns, environment) = FlagTarget.Read(query, context.Request);
        var fault = query.Finish() ?? CheckFormat(format, "flagd", "microsoft");
        var snapshot = board.Current;
        if (fault is not null
            || !FlagTarget.Choose(ns, environment, context: null).TryGet(out var target, out fault)
            || !flags.Find(snapshot, target.Namespace, target.Environment).TryGet(out var active, out fault))
        {
            return Problem.WriteAsync(context, fault);
        }

        var now = time.GetUtcNow();
        var (document, notes) = format == "flagd" ? Flagd(active.Set, now) : Microsoft(active.Set, now);
        context.Response.Headers[Answer.RevisionHeader] = HeaderText.Of(snapshot.Revision);
        // The body is what others load, so what it cannot say is told beside it.
        foreach (var note in notes.Take(NotesMax))
            context.Response.Headers.Append("Setpoint-Note", Uri.EscapeDataString(note));
        return Answer.OkAsync(context, document);
    }

    private static (JsonObject Document, ImmutableArray<string> Notes) Flagd(FlagSet set, DateTimeOffset now)
    {
        var export = FlagdFormat.Export(set, now);
        return (export.Document, export.Notes);
    }

    private static (JsonObject Document, ImmutableArray<string> Notes) Microsoft(FlagSet set, DateTimeOffset now)
    {
        var export = MicrosoftFormat.Export(set, now);
        return (export.Document, export.Notes);
    }

    private static Fault.Malformed? CheckFormat(string? format, params ReadOnlySpan<string> known) => known.Contains(format)
        ? null
        : new Fault.Malformed($"Query parameter 'format' is {(format is null ? "missing" : $"'{format}'")}; it must be {string.Join(" or ", known.ToArray())}.");

    private static JsonValue Item(WrittenDocument document) => new JsonObjectBuilder(3)
        .Add("key", document.Address.Segments[2])
        .Add("version", document.VersionAfter)
        .Add("created", document.Created)
        .Build();
}
