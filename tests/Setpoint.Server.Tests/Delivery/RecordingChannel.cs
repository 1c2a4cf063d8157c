using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Setpoint.Server.Configs;
using Setpoint.Server.Delivery;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Delivery;

/// <summary>A connection whose socket takes what it is given, unless it is told to hold on.</summary>
internal sealed class RecordingChannel(RunningServer server)
    : PushChannel(new DefaultHttpContext(), Transport.WebSocket, server.App.Services.GetRequiredService<DeliveryMetrics>(), NullLogger.Instance)
{
    private TaskCompletionSource? _hold;

    public ConcurrentQueue<PushFrame> Frames { get; } = new();

    /// <summary>Frames whose send began.</summary>
    public int Begun { get; private set; }

    public void Hold() => _hold = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void LetGo() => Interlocked.Exchange(ref _hold, null)!.SetResult();

    public void Break() => Interlocked.Exchange(ref _hold, null)!.SetException(new InvalidOperationException("A socket with a bug."));

    public Subscription Follow(string ns, string environment = "production")
    {
        var feeds = server.App.Services.GetRequiredService<FeedTable>();
        var subscription = feeds.Join("s1", this, new FeedKey(new ViewKey(ns, environment, null), null));
        feeds.Start(subscription, lastRevision: null);
        return subscription;
    }

    protected override async ValueTask SendAsync(PushFrame frame)
    {
        Begun++;
        if (_hold is { } hold)
            await hold.Task;
        Frames.Enqueue(frame);
    }

    protected override ValueTask SendCommentAsync() => ValueTask.CompletedTask;

    protected override ValueTask SendCloseAsync(WebSocketCloseStatus status, string reason) => ValueTask.CompletedTask;
}
