using System.Net.WebSockets;

namespace Setpoint.Server.Delivery;

/// <summary>
/// The sending side of one connection. At most one send is under way; what waits behind it is bounded: answers by the client's own
/// pace, states by being only the newest of each source.
/// </summary>
/// <remarks>
/// Whoever brings something to send while nothing is being sent becomes the pump and sends until nothing is left. A send that the socket
/// takes at once, which is the rule, costs no task and no thread; one that it does not take continues on its own, and nobody waits for it.
/// </remarks>
internal abstract class PushChannel(HttpContext context, Transport transport, DeliveryMetrics metrics, ILogger logger)
{
    private readonly Lock _gate = new();
    private Queue<PushFrame>? _replies;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _idle;
    private ChannelSource? _first;
    private ChannelSource? _last;
    private CloseReason? _close;
    private bool _comment;
    private bool _pumping;
    private bool _ended;
    private bool _released;
    private int _progress;
    private int _progressSeen;
    private long _stalledSince;
    private long _closingSince;

    public Transport Transport { get; } = transport;

    /// <summary>Its place in the registry; guarded by that.</summary>
    public int RegistryIndex { get; set; }

    /// <summary>Whether anything more can be sent.</summary>
    public bool Ended => Volatile.Read(ref _ended);

    protected HttpContext Context { get; } = context;

    protected DeliveryMetrics Metrics { get; } = metrics;

    /// <summary>The subscription may have something new.</summary>
    public void Offer(ChannelSource source)
    {
        lock (_gate)
        {
            if (source.InLine || source.Ended || _ended || _close is not null)
                return;
            Enqueue(source);
            if (!TryBecomePump())
                return;
        }

        StartPump();
    }

    /// <summary>Says something to this client alone, after what was said to it before.</summary>
    public void Reply(PushFrame frame)
    {
        lock (_gate)
        {
            if (_ended || _close is not null)
                return;
            (_replies ??= new(2)).Enqueue(frame);
            if (!TryBecomePump())
                return;
        }

        StartPump();
    }

    /// <summary>Completes when fewer than so many answers wait. Whoever reads from a client waits here before reading more.</summary>
    public Task WaitForRoomAsync(int repliesMax)
    {
        lock (_gate)
        {
            if (_ended || _close is not null || (_replies?.Count ?? 0) < repliesMax)
                return Task.CompletedTask;
            _room ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>A sign of life, unless something else is being sent anyway.</summary>
    public void Comment()
    {
        lock (_gate)
        {
            if (_pumping || _ended || _close is not null)
                return;
            _comment = true;
            TryBecomePump();
        }

        StartPump();
    }

    /// <summary>Ends the connection in the way of its protocol, after what was said to the client alone. States that wait are dropped.</summary>
    public void Close(WebSocketCloseStatus status, string reason)
    {
        lock (_gate)
        {
            if (_ended || _close is not null)
                return;
            _close = new(status, reason);
            _first = _last = null;
            ReleaseWaiting();
            if (!TryBecomePump())
                return;
        }

        StartPump();
    }

    /// <summary>Nothing of this subscription is sent any more, but for what is under way.</summary>
    public void Forget(ChannelSource source)
    {
        lock (_gate)
            source.Ended = true;
    }

    /// <summary>Lets what is to be said still be said (a close, at most), then ends as <see cref="EndAsync"/> does. The watch bounds it.</summary>
    public async Task LastWordsAsync()
    {
        var idle = Task.CompletedTask;
        lock (_gate)
        {
            if (_pumping)
                idle = (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await idle;
        await EndAsync();
    }

    /// <summary>Ends the sending side; completes when no send is under way, so that the connection may be let go.</summary>
    public async Task EndAsync()
    {
        var idle = Task.CompletedTask;
        lock (_gate)
        {
            End();
            if (_pumping)
                idle = (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await idle;
        lock (_gate)
            _released = true;
    }

    /// <summary>Cuts the connection, without a word.</summary>
    public virtual void Abort()
    {
        lock (_gate)
        {
            End();

            // The context of a request that is over may serve the connection's next one already.
            if (!_released)
                Context.Abort();
        }
    }

    /// <summary>Called from time to time by one thread: ends what stalls. Costs the sending path nothing but a counter.</summary>
    /// <param name="now">In milliseconds.</param>
    public virtual void Watch(long now, DeliveryLimits limits)
    {
        bool stalled;
        bool unanswered;
        lock (_gate)
        {
            if (_ended && !_pumping)
                return;
            if (!_pumping || _progress != _progressSeen || _stalledSince == 0)
            {
                _progressSeen = _progress;
                _stalledSince = now;
            }

            if (_close is not null && _closingSince == 0)
                _closingSince = now;
            stalled = _pumping && now - _stalledSince >= limits.StalledMax.TotalMilliseconds;
            unanswered = _closingSince != 0 && now - _closingSince >= limits.CloseWithin.TotalMilliseconds;
        }

        if (stalled)
        {
            DeliveryLog.CutOff(logger, Context.Connection.Id, DeliveryMetrics.NameOf(Transport), limits.StalledMax.TotalSeconds);
            Metrics.CutOff(Transport);
        }

        if (stalled || unanswered)
            Abort();
    }

    /// <summary>Hands the frame to the socket; in parts where it is large, with <see cref="Progressed"/> after each.</summary>
    protected abstract ValueTask SendAsync(PushFrame frame);

    protected abstract ValueTask SendCommentAsync();

    protected abstract ValueTask SendCloseAsync(WebSocketCloseStatus status, string reason);

    protected void Progressed() => _progress++;

    private bool TryBecomePump()
    {
        if (_pumping)
            return false;
        return _pumping = true;
    }

    // The pump belongs to this channel: EndAsync waits for it, and nothing escapes from it.
    private void StartPump() => _ = PumpAsync();

    private async Task PumpAsync()
    {
        try
        {
            while (TryTake(out var next))
            {
                if (next.Close is { } close)
                {
                    await SendCloseAsync(close.Status, close.Text);
                }
                else if (next.Comment)
                {
                    await SendCommentAsync();
                }
                else if (next.Frame is { } reply)
                {
                    await SendAsync(reply);
                    Metrics.Sent(Transport);
                }
                else if (next.Source!.Take(Metrics, out var since) is { } frame)
                {
                    await SendAsync(frame);
                    Metrics.Sent(Transport);
                    if (since != 0)
                        Metrics.Delivered(since);
                    if (next.Source.HasMore)
                        Requeue(next.Source);
                }

                Progressed();
            }
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client has gone, or was cut off: its reading side notices as well and cleans up.
            Fail();
        }
#pragma warning disable CA1031 // The pump's edge: a bug while sending to one client must not reach the others, whom the same thread serves.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            DeliveryLog.SendFailed(logger, Context.Connection.Id, DeliveryMetrics.NameOf(Transport), bug);
            Fail();
        }
    }

    /// <summary>The next thing to send; false when there is nothing, and then this was the pump no longer.</summary>
    private bool TryTake(out Item next)
    {
        lock (_gate)
        {
            if (!_ended)
            {
                if (_replies is { Count: > 0 })
                {
                    next = new(_replies.Dequeue(), null, false, null);

                    // Most clients are answered once in their life.
                    if (_replies.Count == 0)
                        _replies = null;
                    ReleaseWaiting();
                    return true;
                }

                if (_close is { Sent: false } close)
                {
                    close.Sent = true;
                    next = new(null, null, false, close);
                    return true;
                }

                while (_close is null && _first is { } source)
                {
                    _first = source.NextInLine;
                    _last = _first is null ? null : _last;
                    source.NextInLine = null;

                    // Out of line before its state is read: what comes from now on puts it in line again.
                    source.InLine = false;
                    if (source.Ended)
                        continue;
                    next = new(null, source, false, null);
                    return true;
                }

                if (_comment && _close is null)
                {
                    _comment = false;
                    next = new(null, null, true, null);
                    return true;
                }
            }

            StopPumping();
            next = default;
            return false;
        }
    }

    private void Requeue(ChannelSource source)
    {
        lock (_gate)
        {
            if (!source.InLine && !source.Ended && !_ended && _close is null)
                Enqueue(source);
        }
    }

    private void Enqueue(ChannelSource source)
    {
        source.InLine = true;
        if (_last is null)
            _first = source;
        else
            _last.NextInLine = source;
        _last = source;
    }

    private void Fail()
    {
        lock (_gate)
        {
            End();
            StopPumping();
        }

        Abort();
    }

    private void StopPumping()
    {
        _pumping = false;
        _idle?.TrySetResult();
        _idle = null;
    }

    private void End()
    {
        _ended = true;
        _first = _last = null;
        _replies = null;
        ReleaseWaiting();
    }

    private void ReleaseWaiting()
    {
        _room?.TrySetResult();
        _room = null;
    }

    /// <summary>What the pump sends next: exactly one of these.</summary>
    private readonly record struct Item(PushFrame? Frame, ChannelSource? Source, bool Comment, CloseReason? Close);

    private sealed class CloseReason(WebSocketCloseStatus status, string text)
    {
        public WebSocketCloseStatus Status { get; } = status;

        public string Text { get; } = text;

        public bool Sent { get; set; }
    }
}
