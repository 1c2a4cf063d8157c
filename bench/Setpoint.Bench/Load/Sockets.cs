using System.Net;
using System.Net.Sockets;

namespace Setpoint.Bench.Load;

/// <summary>Connections to a server on this machine.</summary>
internal static class Sockets
{
    public static Socket Connect(int port, int? receiveBuffer = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            // Closed with a reset: tens of thousands of ports in TIME_WAIT would starve the next suite.
            LingerState = new LingerOption(enable: true, seconds: 0),
        };
        if (receiveBuffer is { } bytes)
            socket.ReceiveBufferSize = bytes;
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }

    public static int Descriptor(this Socket socket) => (int)socket.Handle;

    /// <summary>A port that was free a moment ago, for servers that must be told one.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
