using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Schemas;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Rollouts;

namespace Setpoint.Server.Configs;

/// <summary>
/// <c>GET /api/config/{ns}</c>: the one route that every process of every service calls. The usual call finds its rendered bytes and
/// writes them; it takes no lock, reads no store and serialises nothing.
/// </summary>
internal sealed class ReadEndpoint(SnapshotBoard board, ViewCache views, ArmExposures exposures, TimeTravel timeTravel, ConfigMetrics metrics, LongPoll longPoll)
{
    public Task HandleAsync(HttpContext context)
    {
        var ns = (string)context.Request.RouteValues["ns"]!;
        if (!ReadQuery.Read(context.Request).TryGet(out var query, out var fault))
            return Problem.WriteAsync(context, fault);
        if (query.Version is not null || query.At is not null)
            return ReadPastAsync(context, ns, query);

        var snapshot = board.Current;
        if (!Find(snapshot, ns, query).TryGet(out var view, out fault))
            return Problem.WriteAsync(context, fault);
        if (query.Wait is { } wait && IsCurrent(context, view, query.Representation))
            return LongPollAsync(context, ns, query, wait);
        Note(snapshot, ns, query, view);
        return WriteAsync(context, view, query.Representation, snapshot.Revision);
    }

    /// <summary>Who looks at layers or at where values come from looks at somebody's configuration, and is not that somebody.</summary>
    private void Note(Snapshot snapshot, string ns, in ReadQuery query, View view)
    {
        if (view.Effective.Context.Arms is not null && query.Representation is not (Representation.Raw or Representation.Explain))
            exposures.Note(snapshot, view.Effective, query.AudienceAt(snapshot, ns));
    }

    private Result<View> Find(Snapshot snapshot, string ns, in ReadQuery query)
    {
        while (true)
        {
            var audience = query.AudienceAt(snapshot, ns);
            // Layers are shown as they are written, also where what they refer to is not there: who puts that right needs to see them.
            var found = query.Representation == Representation.Raw
                ? views.FindAsWritten(snapshot, query.Key(ns), audience)
                : views.Find(snapshot, query.Key(ns), audience);
            // Somebody else may have brought the view to a newer snapshot, in which a rollout has started: who is asking may have an arm there.
            if (audience is null && !found.IsFault && found.Value.Effective.Version > snapshot.Revision)
            {
                snapshot = board.Current;
                continue;
            }

            return query.Representation != Representation.Raw && query.SchemaVersion is { } version && found.TryGet(out var view, out _) ? OlderViews.Of(view, version) : found;
        }
    }

    /// <summary>Writes the view, or that the caller has it already.</summary>
    private Task WriteAsync(HttpContext context, View view, Representation representation, long revision)
    {
        var rendered = view.In(representation, out var made);
        metrics.Rendered(hit: !made);
        var isCurrent = RenderedAnswer.IsCurrent(context, rendered);
        metrics.Read(notModified: isCurrent);
        return RenderedAnswer.WriteAsync(context, rendered, isCurrent, revision);
    }

    private static bool IsCurrent(HttpContext context, View view, Representation representation) =>
        RenderedAnswer.IsCurrent(context, view.In(representation, out _));

    /// <summary>Answers as soon as the caller's ETag is no longer current, or with 304 when it has waited long enough.</summary>
    private async Task LongPollAsync(HttpContext context, string ns, ReadQuery query, TimeSpan wait)
    {
        var snapshot = await longPoll.WaitAsync(context, wait, newest =>
            !Find(newest, ns, query).TryGet(out var found, out _) || !IsCurrent(context, found, query.Representation));
        if (!Find(snapshot, ns, query).TryGet(out var view, out var fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        Note(snapshot, ns, query, view);
        await WriteAsync(context, view, query.Representation, snapshot.Revision);
    }

    private async Task ReadPastAsync(HttpContext context, string ns, ReadQuery query)
    {
        if (!(await timeTravel.FindAsync(ns, query.Key(ns).Context, query.Version, query.At, context.RequestAborted)).TryGet(out var snapshot, out var fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        if (ViewCache.CheckTarget(snapshot, ns, query.Environment) is { } missing)
        {
            await Problem.WriteAsync(context, missing);
            return;
        }

        var key = query.Key(ns) with { Arms = Rollouts.Arms.Of(snapshot, ns, query.Environment, query.AudienceAt(snapshot, ns)) };
        Result<View> found = new View(EffectiveConfiguration.Resolve(snapshot, ns, key.Context));
        if (query.Representation != Representation.Raw)
        {
            if (found.Value.Problem is { } problem)
                found = problem;
            else if (query.SchemaVersion is { } schemaVersion)
                found = OlderViews.Of(found.Value, schemaVersion);
        }

        if (found.TryGet(out var view, out fault))
            await WriteAsync(context, view, query.Representation, board.Current.Revision);
        else
            await Problem.WriteAsync(context, fault);
    }

    /// <summary>The parameters of a read.</summary>
    private readonly record struct ReadQuery(
        string? Environment, string? User, JsonObject? Attributes, long? Version, DateTimeOffset? At, TimeSpan? Wait, int? SchemaVersion, Representation Representation)
    {
        public ViewKey Key(string ns) => new(ns, Environment, User);

        /// <summary>Who is asking, where that matters.</summary>
        public Audience? AudienceAt(Snapshot snapshot, string ns) => Rollouts.Arms.Ask(snapshot, ns) ? Audience.Of(User, Attributes) : null;

        public static Result<ReadQuery> Read(HttpRequest request)
        {
            var query = new QueryReader(request);
            var explain = query.Boolean("explain");
            var raw = query.Boolean("raw");
            var format = query.String("format");
            // Secrets come with their own kind; until then no configuration has any, with or without this.
            query.Boolean("includeSecrets");
            var read = new ReadQuery(
                LayerChoice.EnvironmentOf(query, request),
                query.String("user"),
                query.Attributes(),
                query.Number("version", 1, long.MaxValue),
                query.Time("at"),
                query.Duration("wait", LongPoll.WaitMax),
                (int?)query.Number("schemaVersion", 1, SchemaKind.VersionMax),
                Representation.Envelope);
            if (query.Finish() is { } fault)
                return fault;
            if (read is { Version: not null, At: not null })
                return new Fault.Malformed("'version' and 'at' both choose a time; send one of them.");
            if (read.Wait is not null && (read.Version is not null || read.At is not null))
                return new Fault.Malformed("'wait' waits for a change, and the past does not change; leave 'version' and 'at' out.");
            if ((explain ? 1 : 0) + (raw ? 1 : 0) + (format is null ? 0 : 1) > 1)
                return new Fault.Malformed("'explain', 'raw' and 'format' choose how the answer looks; send one of them.");
            if (read.SchemaVersion is not null && (explain || raw))
                return new Fault.Malformed("'explain' and 'raw' show the layers as they are; a structure of another 'schemaVersion' has none.");
            Representation? chosen = format switch
            {
                null => explain ? Representation.Explain : raw ? Representation.Raw : Representation.Envelope,
                "json" => Representation.Json,
                "yaml" => Representation.Yaml,
                "properties" => Representation.Properties,
                "env" => Representation.Env,
                _ => null,
            };
            return chosen is { } representation
                ? read with { Representation = representation }
                : new Fault.Malformed($"'format' is '{format}'; it must be json, yaml, properties or env.");
        }
    }
}
