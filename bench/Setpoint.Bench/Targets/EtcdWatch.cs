using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Setpoint.Bench.Harness;
using Setpoint.Bench.Load;

namespace Setpoint.Bench.Targets;

/// <summary>A watch on one key of etcd through its JSON gateway, and the connection that writes it.</summary>
internal sealed class EtcdWatch : IDisposable
{
    private const string Key = "bench/tick";
    private readonly Socket _watch;
    private readonly BlockingConnection _write;
    private readonly byte[] _buffer = new byte[64 * 1024];

    public EtcdWatch(EtcdServer server)
    {
        _watch = Sockets.Connect(server.Port);
        _watch.ReceiveTimeout = 10_000;
        var key = Convert.ToBase64String(Encoding.UTF8.GetBytes(Key));
        _watch.Send(Requests.Write("POST", "/v3/watch", $"{{\"create_request\":{{\"key\":\"{key}\"}}}}"));
        ReadUntil("\"created\":true");
        _write = new BlockingConnection(server.Port);
    }

    /// <summary>Milliseconds from just before the put is sent to the event received.</summary>
    public double Deliver(long number)
    {
        var value = $"tick-{number.ToString("D9", CultureInfo.InvariantCulture)}{new string('x', 242)}";
        var request = EtcdServer.PutRequest(Key, value);
        var begin = Stopwatch.GetTimestamp();
        _write.Send(request);
        ReadUntil(Convert.ToBase64String(Encoding.UTF8.GetBytes(value)));
        var elapsed = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        _write.ReadExpected(200);
        return elapsed;
    }

    public void Dispose()
    {
        _watch.Dispose();
        _write.Dispose();
    }

    private void ReadUntil(string text)
    {
        var wanted = Encoding.UTF8.GetBytes(text);
        var length = 0;
        while (_buffer.AsSpan(0, length).IndexOf(wanted) < 0)
        {
            var received = _watch.Receive(_buffer, length, _buffer.Length - length, SocketFlags.None);
            if (received == 0)
                throw new BenchException("etcd closed the watch.");
            length += received;
        }
    }
}
