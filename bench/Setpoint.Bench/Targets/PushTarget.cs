using System.Text.Json.Nodes;
using Setpoint.Bench.Harness;
using Setpoint.Bench.Load;

namespace Setpoint.Bench.Targets;

/// <summary>Something that tells its subscribers of a write.</summary>
internal abstract class PushTarget(PushProtocol protocol, int port) : IDisposable
{
    private static readonly TimeSpan ConnectMax = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan DeliveryMax = TimeSpan.FromSeconds(10);
    private readonly BlockingConnection _write = new(port);
    private long _tick = 1;

    public abstract string Name { get; }

    public abstract ChildProcess Process { get; }

    protected PushProtocol Protocol => protocol;

    /// <summary>Subscribers that have the current state.</summary>
    public PushSwarm Subscribe(int count)
    {
        Write();
        var swarm = NewSwarm(count);
        try
        {
            swarm.Connect(ConnectMax);
            return swarm;
        }
        catch
        {
            swarm.Dispose();
            throw;
        }
    }

    /// <summary>One write, until all have it: milliseconds from just before it was sent, in order of arrival.</summary>
    public ReadOnlySpan<double> Deliver(PushSwarm swarm)
    {
        _tick++;
        var request = WriteRequest(PushSwarm.Tick(_tick));
        var arrivals = swarm.Deliver(_tick, () => _write.Send(request), DeliveryMax);
        _write.ReadExpected(200, 201);
        return arrivals;
    }

    /// <summary>A write that nobody waits for.</summary>
    public void Write()
    {
        _tick++;
        _write.Send(WriteRequest(PushSwarm.Tick(_tick)));
        _write.ReadExpected(200, 201);
    }

    /// <summary>So that memory and time are looked at when the code is compiled and the heap has its first size.</summary>
    public void WarmUp()
    {
        using var swarm = Subscribe(20);
        for (var i = 0; i < 100; i++)
            Deliver(swarm);
    }

    public virtual void Dispose() => _write.Dispose();

    protected abstract PushSwarm NewSwarm(int count);

    protected abstract byte[] WriteRequest(string tick);
}

/// <summary>Bare Kestrel.</summary>
internal sealed class FloorTarget : PushTarget
{
    private readonly FloorServer _server;
    private readonly int _messageBytes;

    private FloorTarget(PushProtocol protocol, FloorServer server, int messageBytes)
        : base(protocol, server.Port)
    {
        _server = server;
        _messageBytes = messageBytes;
    }

    public override string Name => $"floor: Kestrel {Protocol}";

    public override ChildProcess Process => _server.Process;

    public static async Task<FloorTarget> StartAsync(PushProtocol protocol, int messageBytes)
    {
        var server = await FloorServer.StartAsync(protocol == PushProtocol.Sse ? "floor-sse" : "floor-ws");
        return new(protocol, server, messageBytes);
    }

    public override void Dispose()
    {
        base.Dispose();
        _server.Dispose();
    }

    protected override PushSwarm NewSwarm(int count) =>
        new(_server.Port, Protocol, Protocol == PushProtocol.Sse ? "/stream" : "/ws", [], subscribe: null, count);

    protected override byte[] WriteRequest(string tick)
    {
        var (begin, end) = Protocol == PushProtocol.Sse ? ("data: ", "\n\n") : ("", "");
        var padding = new string('x', Math.Max(0, _messageBytes - begin.Length - end.Length - tick.Length - 1));
        return Requests.Write("POST", "/publish", $"{begin}{tick} {padding}{end}");
    }
}

/// <summary>A namespace of the real server, written to with PUT.</summary>
internal sealed class SetpointTarget : PushTarget
{
    private readonly SetpointServer _server;
    private readonly string _namespace;
    private readonly string _template;

    public SetpointTarget(SetpointServer server, PushProtocol protocol, string ns, int? configBytes = null)
        : base(protocol, server.Port)
    {
        _server = server;
        _namespace = ns;
        var config = configBytes is { } bytes ? SampleConfig.OfSize(bytes) : new JsonObject();
        config["tick"] = PushSwarm.Tick(0);
        _template = SetpointServer.ConfigBody("production", config.ToJsonString());
    }

    public override string Name => $"Setpoint {Protocol}";

    public override ChildProcess Process => _server.Process;

    private string StreamPath => Protocol == PushProtocol.Sse ? $"/api/stream?service={_namespace}&environment=production" : "/ws";

    private string? SubscribeMessage => Protocol == PushProtocol.Sse
        ? null
        : $"{{\"type\":\"SUBSCRIBE\",\"serviceName\":\"{_namespace}\",\"environment\":\"production\",\"subscriptions\":[\"config-updates\"]}}";

    /// <summary>Bytes of one message as subscribers get it, without the framing of the transport.</summary>
    public int MeasureMessage()
    {
        Write();
        using var swarm = Subscribe(1);
        Deliver(swarm);
        using var reader = NewSwarm(1);
        return reader.MeasureNext(Write);
    }

    /// <summary>Subscribers with the smallest receive buffer, which read the first answer and then nothing.</summary>
    public IDisposable SubscribeAndStall(int count)
    {
        var sockets = new SocketGroup();
        try
        {
            for (var i = 0; i < count; i++)
                sockets.Add(NewSwarm(1).ConnectAndAbandon());
            return sockets;
        }
        catch
        {
            sockets.Dispose();
            throw;
        }
    }

    protected override PushSwarm NewSwarm(int count) =>
        new(_server.Port, Protocol, StreamPath, [SetpointServer.KeyHeader], SubscribeMessage, count);

    protected override byte[] WriteRequest(string tick) => Requests.Write(
        "PUT",
        $"/api/config/{_namespace}",
        _template.Replace("tick-000000000", tick, StringComparison.Ordinal),
        SetpointServer.KeyHeader);

    private sealed class SocketGroup : IDisposable
    {
        private readonly List<IDisposable> _sockets = [];

        public void Add(IDisposable socket) => _sockets.Add(socket);

        public void Dispose()
        {
            foreach (var socket in _sockets)
                socket.Dispose();
        }
    }
}
