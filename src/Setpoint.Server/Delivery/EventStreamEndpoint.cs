using System.Globalization;
using Setpoint.Core.Faults;
using Setpoint.Core.Layers;
using Setpoint.Server.Configs;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Rollouts;

namespace Setpoint.Server.Delivery;

/// <summary><c>GET /api/stream</c>: one subscription as server-sent events.</summary>
internal sealed class EventStreamEndpoint(
    FeedTable feeds, FlagFeedTable flagFeeds, SnapshotBoard board, EventStreams streams, DeliveryMetrics metrics)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (!StreamQuery.Read(context.Request).TryGet(out var query, out var fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        if (ViewCache.CheckTarget(board.Current, query.Key.Target.Namespace, query.Key.Target.Environment) is { } missing)
        {
            await Problem.WriteAsync(context, missing);
            return;
        }

        await streams.RunAsync(context, channel =>
        {
            var follow = new Follow(feeds, flagFeeds, metrics, channel, "", query.Key, query.Topics, query.LastRevision);
            follow.Start();
            return follow.Leave;
        });
    }

    private readonly record struct StreamQuery(FeedKey Key, Topics Topics, long? LastRevision)
    {
        public static Result<StreamQuery> Read(HttpRequest request)
        {
            var query = new QueryReader(request);
            var ns = query.String("service");
            var environment = LayerChoice.EnvironmentOf(query, request);
            var user = query.String("user");
            var attributes = query.Attributes();
            var names = query.String("subscriptions");
            if (query.Finish() is { } fault)
                return fault;
            if (ns is null)
                return new Fault.Malformed("Query parameter 'service' is required; it names the namespace to follow.");
            if (user?.Length > LayerSlot.UserLengthMax)
                return new Fault.Malformed($"'user' has {user.Length} characters; the limit is {LayerSlot.UserLengthMax}.");
            if (!TopicNames.Parse(names is null ? [] : [.. names.Split(',', StringSplitOptions.TrimEntries)]).TryGet(out var topics, out fault))
                return fault;
            long? last = null;
            if (request.Headers["Last-Event-ID"] is { Count: > 0 } header && header.ToString() is { Length: > 0 } id)
            {
                // An id that is none of ours tells nothing, so the reader gets the state: refusing would end its reconnecting for good.
                last = long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : null;
            }

            return new StreamQuery(new(new ViewKey(ns, environment, user), Audience.Of(user, attributes)), topics, last);
        }
    }
}
