using System.Net;
using System.Net.Sockets;

namespace Setpoint.Faults.Host;

/// <summary>Ports for servers that must come back on the same one.</summary>
internal static class Ports
{
    // Below the range that the system hands out for outgoing connections, so that none of those takes the port while a server restarts.
    private const int First = 20_000;
    private const int Last = 32_000;

    /// <summary>A port that was free just now. Somebody else may be quicker; starting a server tries another one then.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken; the next one may be free.
            }
        }
    }
}
