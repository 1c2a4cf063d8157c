using Setpoint.Server.Configs;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;

namespace Setpoint.Server.Flags;

/// <summary><c>GET /api/flags/definitions</c>: what a process needs to evaluate the flags itself, and follows as it follows a configuration.</summary>
internal sealed class DefinitionsEndpoint(SnapshotBoard board, FlagBoard flags, LongPoll longPoll)
{
    public async Task HandleAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request);
        var (ns, environment) = FlagTarget.Read(query, context.Request);
        var wait = query.Duration("wait", LongPoll.WaitMax);
        var fault = query.Finish();
        if (fault is not null || !FlagTarget.Choose(ns, environment, context: null).TryGet(out var target, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var snapshot = board.Current;
        if (wait is { } patience)
        {
            snapshot = await longPoll.WaitAsync(context, patience, newest =>
                !flags.Find(newest, target.Namespace, target.Environment).TryGet(out var found, out _) || !RenderedAnswer.IsCurrent(context, found.Definitions));
        }

        if (flags.Find(snapshot, target.Namespace, target.Environment).TryGet(out var active, out fault))
            await RenderedAnswer.WriteAsync(context, active.Definitions, RenderedAnswer.IsCurrent(context, active.Definitions), snapshot.Revision);
        else
            await Problem.WriteAsync(context, fault);
    }
}
