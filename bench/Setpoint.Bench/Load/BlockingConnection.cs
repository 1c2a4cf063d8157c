using System.Net.Sockets;
using Setpoint.Bench.Harness;

namespace Setpoint.Bench.Load;

/// <summary>One connection for one request at a time, where the bench must send now and look at the answer later.</summary>
internal sealed class BlockingConnection(int port) : IDisposable
{
    private readonly Socket _socket = Sockets.Connect(port);
    private readonly ResponseReader _reader = new();
    private readonly byte[] _buffer = new byte[64 * 1024];

    public void Send(ReadOnlySpan<byte> request) => Native.Send(_socket.Descriptor(), request);

    public int ReadStatus()
    {
        _socket.ReceiveTimeout = 10_000;
        while (true)
        {
            var received = _socket.Receive(_buffer);
            if (received == 0)
                throw new BenchException("The server closed the connection instead of answering.");
            if (_reader.Take(_buffer.AsSpan(0, received)))
                return _reader.Status;
        }
    }

    public void ReadExpected(params ReadOnlySpan<int> statuses)
    {
        var status = ReadStatus();
        if (!statuses.Contains(status))
            throw new BenchException($"The answer has status {status}.");
    }

    public void Dispose() => _socket.Dispose();
}
