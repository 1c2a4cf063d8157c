using System.Buffers;
using System.Net.WebSockets;
using Setpoint.Core.Faults;
using Setpoint.Server.Access;
using Setpoint.Server.Configs;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;

namespace Setpoint.Server.Delivery;

/// <summary>The conversation with one client over a WebSocket: reads its messages one after another and answers them.</summary>
internal sealed class WebSocketSession(
    WebSocket socket, WebSocketChannel channel, Func<string, ClientMessage.Subscribe, Follow> follow, SnapshotBoard board, IAuthenticator authenticator, DeliveryLimits limits)
{
    // Nearly every message of a client fits; the buffer is rented only while one is being received.
    private const int BufferSize = 1024;

    // A list and not a dictionary: nearly every socket has one subscription, and there may be 10,000 sockets.
    private readonly List<Follow> _subscriptions = new(1);
    private Principal? _principal;
    private int _made;

    /// <summary>Runs until either side closes, or the connection breaks.</summary>
    /// <param name="principal">Null: the first message must authenticate.</param>
    /// <param name="authenticateBy">In the registry's clock.</param>
    public async Task RunAsync(Principal? principal, long authenticateBy)
    {
        _principal = principal;
        if (principal is null)
            channel.AuthenticateBy(authenticateBy, RefuseLate);
        try
        {
            while (true)
            {
                // Waits without a buffer: an idle client costs none.
                var begun = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
                if (!(begun.MessageType == WebSocketMessageType.Close ? AnswerClose() : await ReadAsync(begun)))
                    return;
                await channel.WaitForRoomAsync(limits.RepliesMax);
            }
        }
        finally
        {
            foreach (var one in _subscriptions)
                one.Leave();
        }
    }

    /// <summary>Reads the rest of a message and answers it; false when the conversation is over.</summary>
    private async Task<bool> ReadAsync(ValueWebSocketReceiveResult received)
    {
        var type = received.MessageType;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var length = 0;
            while (!received.EndOfMessage)
            {
                if (length == buffer.Length)
                    buffer = Grow(buffer, length);
                received = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                    return AnswerClose();
                length += received.Count;
                if (length > limits.MessageSizeMax)
                {
                    channel.Close(WebSocketCloseStatus.MessageTooBig, $"A message may have {limits.MessageSizeMax} bytes.");
                    return await DrainAsync(buffer);
                }
            }

            if (type == WebSocketMessageType.Binary)
                Refuse(new Fault.Malformed("Messages are JSON text; this one came as a binary frame."));
            else if (ClientMessage.Parse(buffer.AsSpan(0, length)).TryGet(out var message, out var fault))
                Answer(message);
            else
                Refuse(fault);
            return true;
        }
        finally
        {
            // It may have held a token.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private void Answer(ClientMessage message)
    {
        switch (message)
        {
            case ClientMessage.Auth auth:
                Authenticate(auth);
                break;
            case not null when _principal is null:
                Refuse(AccessModule.Refusal(presented: false));
                break;
            case ClientMessage.Subscribe subscribe:
                Subscribe(subscribe);
                break;
            case ClientMessage.Unsubscribe unsubscribe:
                Unsubscribe(unsubscribe);
                break;
            case ClientMessage.Ping:
                channel.Reply(PushMessage.Pong);
                break;
            default:
                throw new InvalidOperationException($"Nobody answers {message}.");
        }
    }

    private void Authenticate(ClientMessage.Auth auth)
    {
        if (authenticator.Authenticate(auth.Token) is not { } principal)
        {
            Refuse(new AccessFault.Unauthenticated("The token of AUTH is not known here. Send a key of this server."));
            return;
        }

        _principal = principal;
        channel.Authenticated();
        channel.Reply(PushMessage.Authenticated);
    }

    private void Subscribe(ClientMessage.Subscribe subscribe)
    {
        if (_subscriptions.Count >= limits.SubscriptionsMax)
        {
            Refuse(new Fault.TooLarge($"This socket has {_subscriptions.Count} subscriptions, which is the limit; end one first or open another socket."));
            return;
        }

        var snapshot = board.Current;
        if (ViewCache.CheckTarget(snapshot, subscribe.Key.Target.Namespace, subscribe.Key.Target.Environment) is { } missing)
        {
            channel.Reply(PushMessage.Gone(subscribe.Key.Target, missing, snapshot.Revision));
            return;
        }

        var made = follow($"s{++_made}", subscribe);
        _subscriptions.Add(made);
        channel.Reply(PushMessage.Subscribed(made.Id, subscribe.Key.Target, made.Revision(snapshot.Revision)));
        made.Start();
    }

    private void Unsubscribe(ClientMessage.Unsubscribe unsubscribe)
    {
        var index = _subscriptions.FindIndex(one => one.Id == unsubscribe.SubscriptionId);
        if (index < 0)
        {
            Refuse(new Fault.Missing("NotFound", "This socket has no subscription with that subscriptionId; SUBSCRIBED tells it."));
            return;
        }

        var ended = _subscriptions[index];
        _subscriptions.RemoveAt(index);
        ended.Leave();
    }

    /// <summary>Says why; who has not authenticated is sent away as well.</summary>
    private void Refuse(Fault fault)
    {
        channel.Reply(PushMessage.Error(fault));
        if (_principal is null)
            channel.Close(WebSocketCloseStatus.PolicyViolation, "Not authenticated.");
    }

    /// <summary>Called by the watch, while this session waits for a message.</summary>
    private void RefuseLate()
    {
        channel.Reply(PushMessage.Error(new AccessFault.Unauthenticated(
            $"No AUTH came within {limits.AuthenticateWithin.TotalSeconds:0.###} s. Send it first, or a key in the Authorization header.")));
        channel.Close(WebSocketCloseStatus.PolicyViolation, "Not authenticated in time.");
    }

    private bool AnswerClose()
    {
        var status = socket.CloseStatus is { } given && (int)given is >= 1000 and not 1005 and not 1006 and not 1015
            ? given
            : WebSocketCloseStatus.NormalClosure;
        channel.Close(status, "");
        return false;
    }

    /// <summary>
    /// Reads on without a look until the client has closed as well: a connection with unread bytes is reset, and the close that says
    /// why would be lost. The watch bounds it.
    /// </summary>
    private async Task<bool> DrainAsync(byte[] buffer)
    {
        while ((await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None)).MessageType != WebSocketMessageType.Close)
        {
        }

        return false;
    }

    private byte[] Grow(byte[] buffer, int length)
    {
        // One more than allowed, so that a message that is too large is noticed.
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length * 4, limits.MessageSizeMax + 1));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        return larger;
    }
}
