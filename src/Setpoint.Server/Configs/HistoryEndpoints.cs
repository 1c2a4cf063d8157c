using Setpoint.Core.Effects;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Writes;
using Setpoint.Storage;

namespace Setpoint.Server.Configs;

/// <summary>What happened to a configuration, and what lies between two points of it.</summary>
internal sealed class HistoryEndpoints(SnapshotBoard board, ILedgerStore store, TimeTravel timeTravel)
{
    /// <summary>Newest first. With a choice of layer, that layer's; without, all layers of the namespace.</summary>
    public async Task HistoryAsync(HttpContext context)
    {
        var ns = (string)context.Request.RouteValues["ns"]!;
        var query = new QueryReader(context.Request);
        var chosen = query.String("environment") is not null || query.String("scope") is not null || query.String("user") is not null;
        var slot = LayerChoice.FromQuery(ns, query, context.Request);
        var page = HistoryPage.Of(query);
        var fault = query.Finish() ?? slot.Fault;
        var snapshot = board.Current;
        if (fault is null && snapshot.Namespaces().VersionOf(ns) == 0)
            fault = Fault.Missing.Namespace(ns);
        fault ??= LayerChoice.CheckEnvironment(snapshot, slot.Value);
        if (fault is not null)
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var addresses = chosen
            ? [slot.Value.ToAddress()]
            : (snapshot.Configs().Find(ns)?.All ?? []).Select(entry => entry.Document.Address).ToList();
        await Answer.OkAsync(context, await page.ReadAsync(store, addresses, Entry, context.RequestAborted));
    }

    /// <summary>The difference of the effective configuration, or with <c>raw=true</c> of one layer, between versions or environments.</summary>
    public async Task DiffAsync(HttpContext context)
    {
        var ns = (string)context.Request.RouteValues["ns"]!;
        var query = new QueryReader(context.Request);
        var raw = query.Boolean("raw");
        var (from, to) = (query.Number("from", 1, long.MaxValue), query.Number("to", 1, long.MaxValue));
        var (fromEnvironment, toEnvironment) = (query.String("fromEnvironment"), query.String("toEnvironment"));
        var environment = LayerChoice.EnvironmentOf(query, context.Request);
        var (scope, user) = (query.String("scope"), query.String("user"));
        var fault = query.Finish();
        if (fault is null && fromEnvironment is null && toEnvironment is null && from is null)
            fault = new Fault.Malformed("A diff needs 'from' (and 'to', else the newest), or 'fromEnvironment' and 'toEnvironment'.");
        if (fault is null && fromEnvironment is null != toEnvironment is null)
            fault = new Fault.Malformed("'fromEnvironment' and 'toEnvironment' go together.");
        if (fault is not null)
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var before = await SideAsync(new(ns, fromEnvironment ?? environment, scope, user, raw, from ?? to), context.RequestAborted);
        var after = await SideAsync(new(ns, toEnvironment ?? environment, scope, user, raw, to), context.RequestAborted);
        if (!before.TryGet(out var older, out fault) || !after.TryGet(out var newer, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var changes = JsonDiff.Compare(older.Content, newer.Content);
        var answer = new JsonObjectBuilder(4).Add("serviceName", ns).Add("changes", ChangesJson.Of(changes));
        // Between environments there is nobody who was in an arm of both.
        if (!raw && fromEnvironment == toEnvironment)
        {
            var difference = ArmDifference.Between(
                older.Snapshot, newer.Snapshot, ns, new(fromEnvironment ?? environment, user), changes, new EffectBudget(), context.RequestAborted);
            if (difference.HasArms)
                answer.Add("armChanges", EffectAnswer.Of(difference.Arms));
            if (difference.LeftOut > 0)
                answer.Add("armChangesLeftOut", difference.LeftOut);
        }

        await Answer.OkAsync(context, answer.Build());
    }

    private async Task<Result<(Snapshot Snapshot, JsonObject Content)>> SideAsync(DiffSide side, CancellationToken cancellationToken)
    {
        if (!LayerChoice.From(side.Namespace, side.Scope, side.Scope == "user" ? null : side.Environment, side.Scope == "user" ? side.User : null).TryGet(out var slot, out var fault))
            return fault;
        var context = new ResolveContext(side.Environment, side.User);
        if (!(await timeTravel.FindAsync(side.Namespace, context, side.Version, null, cancellationToken)).TryGet(out var snapshot, out fault))
            return fault;
        if (ViewCache.CheckTarget(snapshot, side.Namespace, side.Environment) is { } missing)
            return missing;
        if (side.Raw)
            return (snapshot, snapshot.Configs().Find(slot)?.Content?.Config ?? JsonObject.Empty);
        var view = new View(EffectiveConfiguration.Resolve(snapshot, side.Namespace, context));
        return view.Problem is { } problem ? problem : (snapshot, view.Effective.Config);
    }

    private static JsonObject Entry(Commit commit) => new JsonObjectBuilder(8)
        .Add("version", commit.Revision)
        .Add("timestamp", CommitHash.Timestamp(commit.At))
        .Add("actor", commit.Actor)
        .Add("action", ActionOf(commit))
        .Add("description", commit.Message)
        .Add("tags", JsonArray.OfStrings(commit.Tags))
        .Add("changes", new JsonArray([.. commit.Changes.SelectMany(Changes)]))
        .Build();

    private static string ActionOf(Commit commit) =>
        commit.RollbackTo is not null ? "rollback"
        : commit.Changes.All(change => change.Before is null) ? "create"
        : commit.Changes.All(change => !change.After.Exists) ? "delete"
        : "update";

    private static IEnumerable<JsonValue> Changes(DocumentChange change)
    {
        if (!LayerSlot.TryParse(change.Address, out var slot, out _))
            yield break;
        var before = change.Before?.Body is { } old ? ConfigKind.ConfigOf(slot, old) : JsonObject.Empty;
        var after = change.After.Body is { } now ? ConfigKind.ConfigOf(slot, now) : JsonObject.Empty;
        foreach (var difference in JsonDiff.Compare(before, after))
        {
            var json = new JsonObjectBuilder(4).Add("path", difference.Path);
            if (difference.From is not null)
                json.Add("previousValue", difference.From);
            if (difference.To is not null)
                json.Add("newValue", difference.To);
            yield return json.Add("address", change.Address.Text).Build();
        }
    }

    /// <summary>One of the two things that a diff compares.</summary>
    private sealed record DiffSide(string Namespace, string? Environment, string? Scope, string? User, bool Raw, long? Version);
}
