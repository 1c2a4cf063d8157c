using System.Net.WebSockets;
using Setpoint.Core.Faults;
using Setpoint.Server.Access;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Process;

namespace Setpoint.Server.Delivery;

/// <summary><c>/ws</c>: takes a WebSocket if the caller may open one, and holds its conversation.</summary>
internal sealed class WebSocketEndpoint(
    FeedTable feeds,
    FlagFeedTable flagFeeds,
    SnapshotBoard board,
    ChannelRegistry registry,
    DeliveryMetrics metrics,
    DeliveryLimits limits,
    ServerSettings settings,
    TimeProvider time,
    ILogger<WebSocketEndpoint> logger)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            await Problem.WriteAsync(context, new Fault.Malformed($"{context.Request.Path} takes WebSockets only; GET /api/stream is the same as server-sent events."));
            return;
        }

        // Asked for here, not in the constructor: the key is there only once the store is open.
        var authenticator = context.RequestServices.GetRequiredService<IAuthenticator>();
        var credential = Credentials.Find(context.Request, out var presented);
        var principal = credential.IsEmpty ? null : authenticator.Authenticate(credential);
        if (presented && principal is null)
        {
            await Problem.WriteAsync(context, AccessModule.Refusal(presented: true));
            return;
        }

        if (principal is null && OriginRule.Check(context.Request, settings.CorsOrigins) is { } foreign)
        {
            await Problem.WriteAsync(context, foreign);
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            KeepAliveInterval = limits.PingEvery,
            KeepAliveTimeout = limits.PingEvery,
        });
        var channel = new WebSocketChannel(context, socket, metrics, logger);
        registry.Add(channel);
        try
        {
            var session = new WebSocketSession(
                socket,
                channel,
                (id, subscribe) => new Follow(feeds, flagFeeds, metrics, channel, id, subscribe.Key, subscribe.Topics, subscribe.LastRevision),
                board,
                authenticator,
                limits);
            await session.RunAsync(principal, registry.Now + (long)limits.AuthenticateWithin.TotalMilliseconds);
        }
        catch (WebSocketException broken) when (broken.WebSocketErrorCode != WebSocketError.ConnectionClosedPrematurely)
        {
            await LetReadAsync(context);
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client has gone or was cut off.
        }
        finally
        {
            await channel.LastWordsAsync();
            registry.Remove(channel);
        }
    }

    /// <summary>
    /// The client broke the protocol and the framework has sent it the close that says how. Letting the socket go now would reset the
    /// connection and the close would be lost, so the client gets a moment to read it and leave.
    /// </summary>
    private async Task LetReadAsync(HttpContext context)
    {
        try
        {
            await Task.Delay(limits.CloseWithin, time, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // It has left.
        }
    }
}
