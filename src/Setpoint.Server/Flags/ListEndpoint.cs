using Setpoint.Core.Faults;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;

namespace Setpoint.Server.Flags;

/// <summary><c>GET /api/features</c>: the flags as an environment sees them. Entries are rendered once and copied from then on.</summary>
internal sealed class ListEndpoint(SnapshotBoard board, FlagBoard flags, TimeProvider time)
{
    // What goes around the entries.
    private const int FrameBytes = 64;

    public async Task HandleAsync(HttpContext context)
    {
        if (!ListQuery.Read(context.Request).TryGet(out var query, out var fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var snapshot = board.Current;
        if (!flags.Find(snapshot, query.Target.Namespace, query.Target.Environment).TryGet(out var active, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var listing = active.ListingAt(time.GetUtcNow());
        using var text = new AnswerBuffer(listing.SizeMax + FrameBytes);
        text.Write("{\"items\":["u8);
        var count = 0;
        foreach (var entry in listing.Entries)
        {
            if (!query.Takes(entry))
                continue;
            if (count++ > 0)
                text.Write(","u8);
            text.Write(entry.Json);
        }

        text.Write("],\"total\":"u8);
        text.Write(System.Text.Encoding.ASCII.GetBytes(HeaderText.Of(count)));
        text.Write("}"u8);
        context.Response.Headers[Answer.RevisionHeader] = HeaderText.Of(snapshot.Revision);
        await Answer.WriteAsync(context, StatusCodes.Status200OK, text.Written, Answer.Json);
    }

    private sealed record ListQuery(FlagTarget Target, bool? Enabled, string[] Tags)
    {
        public static Result<ListQuery> Read(HttpRequest request)
        {
            var query = new QueryReader(request);
            var (ns, environment) = FlagTarget.Read(query, request);
            var enabled = query.String("enabled");
            var tags = query.String("tags")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
            if (query.Finish() is { } fault || !FlagTarget.Choose(ns, environment, inContext: null).TryGet(out var target, out fault))
                return fault;
            if (enabled is not (null or "true" or "false"))
                return new Fault.Malformed($"Query parameter 'enabled' is '{enabled}'; it must be true or false.");
            return new ListQuery(target, enabled is null ? null : enabled == "true", tags);
        }

        /// <summary>All the tags, not one of them: each more narrows the list.</summary>
        public bool Takes(FlagEntry entry) =>
            (Enabled is null || entry.State.IsEnabled == Enabled) && Array.TrueForAll(Tags, tag => entry.Flag.Tags.Contains(tag, StringComparer.Ordinal));
    }
}
