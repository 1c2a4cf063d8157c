using System.Net.Sockets;
using System.Text;
using Setpoint.Bench.Harness;

namespace Setpoint.Bench.Load;

/// <summary>An answer with all that is in it, for a look before anything is timed.</summary>
internal sealed record Answer(int Status, string Head, string Body)
{
    /// <summary>The value of a header; empty if there is none.</summary>
    public string Header(string name)
    {
        foreach (var line in Head.Split("\r\n"))
        {
            if (line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
                return line[(name.Length + 1)..].Trim();
        }

        return "";
    }
}

/// <summary>Sends the very bytes that a load will send, and reads the whole answer.</summary>
internal static class Exchange
{
    public static IReadOnlyList<Answer> Of(int port, IEnumerable<byte[]> requests)
    {
        using var socket = Sockets.Connect(port);
        socket.ReceiveTimeout = 10_000;
        var answers = new List<Answer>();
        foreach (var request in requests)
        {
            socket.Send(request);
            answers.Add(Read(socket));
        }

        return answers;
    }

    private static Answer Read(Socket socket)
    {
        var text = new StringBuilder();
        var reader = new ResponseReader();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var received = socket.Receive(buffer);
            if (received == 0)
                throw new BenchException("The server closed the connection instead of answering.");
            // One character a byte: what is compared is ASCII.
            text.Append(Encoding.Latin1.GetString(buffer, 0, received));
            if (!reader.Take(buffer.AsSpan(0, received)))
                continue;
            var whole = text.ToString();
            var end = whole.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            return new(reader.Status, whole[..end], whole[(end + 4)..]);
        }
    }
}
