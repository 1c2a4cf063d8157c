using System.Net.WebSockets;

namespace Setpoint.Server.Delivery;

/// <summary>The sending side of a WebSocket.</summary>
internal sealed class WebSocketChannel(HttpContext context, WebSocket socket, DeliveryMetrics metrics, ILogger logger)
    : PushChannel(context, Transport.WebSocket, metrics, logger)
{
    // The framework copies a frame before the socket's backlog counts. Parts of this size keep what one slow reader holds near the
    // 64 KiB at which Kestrel stops taking more, however large the configuration.
    private const int PartMax = 32 * 1024;

    private long _authenticateBy = long.MaxValue;
    private Action? _unauthenticated;

    /// <summary>Calls back from the watch unless <see cref="Authenticated"/> is called in time.</summary>
    public void AuthenticateBy(long time, Action late)
    {
        _unauthenticated = late;
        Volatile.Write(ref _authenticateBy, time);
    }

    public void Authenticated() => Volatile.Write(ref _authenticateBy, long.MaxValue);

    public override void Abort()
    {
        base.Abort();
        socket.Abort();
    }

    public override void Watch(long now, DeliveryLimits limits)
    {
        base.Watch(now, limits);
        if (now < Volatile.Read(ref _authenticateBy))
            return;
        Authenticated();
        _unauthenticated!();
    }

    protected override async ValueTask SendAsync(PushFrame frame)
    {
        var text = frame.Json;
        while (text.Length > PartMax)
        {
            await socket.SendAsync(text[..PartMax], WebSocketMessageType.Text, endOfMessage: false, CancellationToken.None);
            Progressed();
            text = text[PartMax..];
        }

        await socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
    }

    // The framework pings on its own.
    protected override ValueTask SendCommentAsync() => ValueTask.CompletedTask;

    protected override ValueTask SendCloseAsync(WebSocketCloseStatus status, string reason) =>
        socket.State is WebSocketState.Open or WebSocketState.CloseReceived
            ? new(socket.CloseOutputAsync(status, reason, CancellationToken.None))
            : ValueTask.CompletedTask;
}
