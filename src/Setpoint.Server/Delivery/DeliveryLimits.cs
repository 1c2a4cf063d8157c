namespace Setpoint.Server.Delivery;

/// <summary>The bounds of push. None is a setting: each is part of the contract or follows from it.</summary>
internal sealed class DeliveryLimits
{
    /// <summary>Bytes of one message of a client, however many frames it comes in. More closes the socket with 1009.</summary>
    public int MessageSizeMax { get; init; } = 64 * 1024;

    /// <summary>Subscriptions of one socket.</summary>
    public int SubscriptionsMax { get; init; } = 1000;

    /// <summary>Answers that may wait for a client that does not read. More are not made: its messages are left unread until it does.</summary>
    public int RepliesMax { get; init; } = 64;

    /// <summary>How long a socket without a key may take to send <c>AUTH</c>.</summary>
    public TimeSpan AuthenticateWithin { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A send that makes no progress for this long ends the connection: whoever reads so slowly is better served by a fresh state.</summary>
    public TimeSpan StalledMax { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Silence after which an event stream carries a comment, so that nothing between here and the reader takes it for dead.</summary>
    public TimeSpan CommentEvery { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the other side may take to answer a close before the connection is cut.</summary>
    public TimeSpan CloseWithin { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Interval of the framework's ping, and how long its pong may take: finds peers that vanished without a word.</summary>
    public TimeSpan PingEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Threads that hand one feed's news to its sockets. Half the cores: Kestrel writes what it was handed on threads of its own, one for
    /// each core, so a lane for every core leaves them nothing to run on. Measured with 2,000 sockets on two cores: the last one had
    /// its message after 36 to 56 ms with one lane and after 37 to 72 ms with two, for a fifth more CPU.
    /// </summary>
    public int Lanes { get; set; } = Math.Max(1, Environment.ProcessorCount / 2);
}
