using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Setpoint.Server.Delivery;

/// <summary>
/// Marks the connections of the port that takes WebSockets only. By the connection and not by the port's number, which may be 0 in the
/// settings, or another one behind a proxy.
/// </summary>
internal sealed class WebSocketPort
{
    private static readonly WebSocketPort Mark = new();

    private WebSocketPort()
    {
    }

    /// <summary>For the listener of that port.</summary>
    public static void Configure(ListenOptions listener) => listener.Use(next => connection =>
    {
        connection.Features.Set(Mark);
        return next(connection);
    });

    public static bool Is(HttpContext context) => context.Features.Get<WebSocketPort>() is not null;
}
