using System.Net;
using System.Net.Sockets;

namespace Setpoint.TestKit;

/// <summary>Ports for servers that must come back on the same one, or that must not be there. Safe for concurrent use.</summary>
public static class Ports
{
    // Below the range that the system hands out, to outgoing connections and to who asks for any port: none of those takes one while a
    // server restarts.
    private const int First = 20_000;
    private const int Last = 32_000;

    private static readonly HashSet<int> Given = [];

    /// <summary>
    /// A port that was free just now and that this process gives to nobody else. Somebody else may be quicker; who starts a server tries
    /// another one then.
    /// </summary>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            lock (Given)
            {
                if (!Given.Add(port))
                    continue;
            }

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
