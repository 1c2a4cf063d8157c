using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;

namespace Setpoint.Server.Flags;

/// <summary><c>GET /api/features</c>: the flags as an environment sees them. Entries are rendered once and copied from then on.</summary>
internal sealed class ListEndpoint(SnapshotBoard board, FlagBoard flags, StaleLookup findStale, TimeProvider time)
{
    // What goes around the entries.
    private const int FrameBytes = 64;

    public async Task HandleAsync(HttpContext context)
    {
        var snapshot = board.Current;
        if (!ListQuery.Read(context.Request).TryGet(out var query, out var fault) || !Find(snapshot, query).TryGet(out var active, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        context.Response.Headers[Answer.RevisionHeader] = HeaderText.Of(snapshot.Revision);
        if (query.Stale is { } stale)
            await WriteStaleAsync(context, snapshot, query, active.Flags, stale);
        else
            await WriteAsync(context, query, active.Flags!);
    }

    /// <summary>The flags that are asked about: compiled, unless no environment was named.</summary>
    private Result<Asked> Find(Snapshot snapshot, ListQuery query)
    {
        if (query.Environment is { } environment)
            return flags.Find(snapshot, query.Namespace, environment).TryGet(out var active, out var fault) ? new Asked(active) : fault;
        return snapshot.Namespaces().Contains(query.Namespace) ? new Asked(null) : Fault.Missing.Namespace(query.Namespace);
    }

    private async Task WriteAsync(HttpContext context, ListQuery query, ActiveFlags active)
    {
        var listing = active.ListingAt(time.GetUtcNow());
        using var text = new AnswerBuffer(listing.SizeMax + FrameBytes);
        text.Write("{\"items\":["u8);
        var count = 0;
        foreach (var entry in listing.Entries)
        {
            if (!query.Takes(entry.Flag, entry.State))
                continue;
            if (count++ > 0)
                text.Write(","u8);
            text.Write(entry.Json);
        }

        text.Write("],\"total\":"u8);
        text.Write(System.Text.Encoding.ASCII.GetBytes(HeaderText.Of(count)));
        text.Write("}"u8);
        await Answer.WriteAsync(context, StatusCodes.Status200OK, text.Written, Answer.Json);
    }

    /// <summary>Nobody polls for flags that nobody needs: these entries are made when they are asked for.</summary>
    private async Task WriteStaleAsync(HttpContext context, Snapshot snapshot, ListQuery query, ActiveFlags? active, bool isStale)
    {
        var question = new StaleQuestion(query.Namespace, query.Environment, query.Days);
        if (!(await findStale(snapshot, question, context.RequestAborted)).TryGet(out var report, out var fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var now = time.GetUtcNow();
        var items = new List<JsonValue>();
        foreach (var flag in snapshot.Flags().In(query.Namespace).All)
        {
            // The compiled flags may be newer than the snapshot, and the flag gone there.
            var state = active?.Set.StateAt(flag.Key, now);
            var why = report.ByKey.GetValueOrDefault(flag.Key);
            if (why is not null != isStale || (active is not null && state is null) || !query.Takes(flag, state))
                continue;
            var entry = FlagJson.Summary(flag, state, query.Environment);
            items.Add(why is null ? entry : entry.With("stale", why));
        }

        await Answer.OkAsync(context, new JsonObjectBuilder(4)
            .Add("items", new JsonArray([.. items]))
            .Add("total", items.Count)
            .Add("days", report.Days)
            .Add("countingSince", report.CountingSince)
            .Build());
    }

    private readonly record struct Asked(ActiveFlags? Flags);
}
