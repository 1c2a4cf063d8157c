using System.Collections.Immutable;
using System.Threading.Channels;

namespace Setpoint.Client.Flags;

/// <summary>What the stream of changes says about flags, for the feeds that it speaks of.</summary>
internal sealed class FlagSignals(ImmutableArray<FlagSignal> signals)
{
    /// <summary>The stream is through: what changes from here on is told.</summary>
    public void StreamOpened()
    {
        foreach (var signal in signals)
            signal.Open();
    }

    public void StreamClosed()
    {
        foreach (var signal in signals)
            signal.Close();
    }

    /// <summary>A flag changed.</summary>
    public void FlagChanged(long revision)
    {
        foreach (var signal in signals)
            signal.Tell(revision);
    }
}

/// <summary>
/// Wakes one feed. Signals are state and not a queue: any number of them while the feed is busy is one more round. Written by the follower,
/// read by the feed.
/// </summary>
internal sealed class FlagSignal(TimeProvider time)
{
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private long _told;
    private int _opened;
    private volatile bool _isStreaming;

    /// <summary>True while changes are told.</summary>
    public bool IsStreaming => _isStreaming;

    /// <summary>The newest revision at which a flag changed; 0 for none.</summary>
    public long Told => Interlocked.Read(ref _told);

    public void Open()
    {
        _isStreaming = true;
        Volatile.Write(ref _opened, 1);
        Wake();
    }

    public void Close()
    {
        if (!_isStreaming)
            return;
        _isStreaming = false;
        Wake();
    }

    public void Tell(long revision)
    {
        // One writer: no exchange is needed to keep the largest.
        if (revision > Told)
            Interlocked.Exchange(ref _told, revision);
        Wake();
    }

    /// <summary>The server went back: what it told before was another history.</summary>
    public void Forget() => Interlocked.Exchange(ref _told, 0);

    /// <summary>True once for each opening of the stream: what happened before it was told to nobody.</summary>
    public bool TakeOpened() => Interlocked.Exchange(ref _opened, 0) == 1;

    /// <summary>Waits for a signal. False if none came in this time.</summary>
    public async Task<bool> WaitAsync(TimeSpan most, CancellationToken stop)
    {
        if (most <= TimeSpan.Zero)
            return false;
        using var enough = new CancellationTokenSource(most, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, enough.Token);
        try
        {
            await _wake.Reader.ReadAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Wake() => _wake.Writer.TryWrite(true);
}
