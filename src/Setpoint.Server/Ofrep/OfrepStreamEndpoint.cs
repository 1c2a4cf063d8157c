using Setpoint.Server.Delivery;
using Setpoint.Server.Flags;
using Setpoint.Server.Http;

namespace Setpoint.Server.Ofrep;

/// <summary>
/// <c>GET /ofrep/v1/stream</c>: tells a provider to ask again. The address that an answer about all flags names opens it, and needs no key.
/// </summary>
internal sealed class OfrepStreamEndpoint(EventStreams streams, FlagFeedTable feeds, FlagBoard flags, StreamTokens tokens, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request);
        var target = new FlagTarget(query.String("namespace") ?? "", query.String("environment") ?? "");
        var token = query.String("token");
        if (token is null || !tokens.Opens(target, token, time.GetUtcNow()))
        {
            await Problem.WriteAsync(context, new AccessFault.Unauthenticated(
                "The address of this stream is not valid, or not any more. Evaluate all flags again (POST /ofrep/v1/evaluate/flags); the answer names a new one in 'eventStreams'."));
            return;
        }

        if (query.Finish() is { } fault || !flags.Find(target.Namespace, target.Environment).TryGet(out _, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var seen = context.Request.Headers["Last-Event-ID"].ToString();
        await streams.RunAsync(context, channel =>
        {
            var feed = feeds.Join(target);
            var source = new RefetchSource(channel, feed, flags, time, seen);
            FlagFeedTable.Start(feed, source);
            return () => feeds.Leave(feed, source);
        });
    }
}
