using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Setpoint.Bench.Floors;

/// <summary>The framework's WebSocket, one send a subscriber.</summary>
internal static class WebSocketFloor
{
    public static void Map(WebApplication app)
    {
        var lanes = new Lanes<WebSocket>(static (socket, message) =>
            socket.SendAsync(message.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).AsTask());
        app.UseWebSockets();
        app.MapGet("/ws", async (HttpContext context) =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.SendAsync(lanes.Current.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
            lanes.Add(socket);
            try
            {
                // A zero-byte read holds no buffer while nothing comes.
                while (socket.State == WebSocketState.Open)
                    await socket.ReceiveAsync(Memory<byte>.Empty, context.RequestAborted);
            }
            catch (Exception problem) when (problem is OperationCanceledException or WebSocketException)
            {
                // The bench resets its connections when a run is over.
            }

            lanes.Remove(socket);
        });
        app.MapPost("/publish", lanes.PublishAsync);
    }
}
