using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Setpoint.Client.Cache;
using Setpoint.Client.Flags;
using Setpoint.Client.Hosting;
using Setpoint.Client.Snapshots;
using Setpoint.Client.Transport;

namespace Setpoint.Client.Following;

/// <summary>
/// Follows the server until it is told to stop: by the stream of changes, and by polling while the stream does not get through.
/// Nothing that the server or the network does ends it.
/// </summary>
internal sealed class Follower(
    SetpointSettings settings,
    SetpointTransport transport,
    ConfigurationPublisher publisher,
    SnapshotBoard board,
    StatusBoard status,
    CacheWriter<ConfigurationSnapshot> cache,
    FlagSignals flags,
    ILogger log)
{
    // A stream that comes through without a word three times is behind a proxy that holds it back.
    private const int SilentStreamsMax = 3;

    // Each attempt waits for up to two seconds on the server. A server that is merely behind catches up in that time; one that is
    // still behind after three was restored from a backup, and then its state is the truth.
    private const int BehindMax = 3;

    // The server holds a poll for at most this long.
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);

    // What a held poll may take beyond its wait.
    private static readonly TimeSpan PollGrace = TimeSpan.FromSeconds(15);

    // After a poll that brought something: often enough for a burst of changes, seldom enough that it never spins.
    private static readonly TimeSpan ChangeSpacing = TimeSpan.FromMilliseconds(250);

    // While polling works, a trial of the stream gets one heartbeat's time (15 s) and a little more.
    private static readonly TimeSpan TrialSilence = TimeSpan.FromSeconds(20);

    // A refused key is not fixed within seconds, and each attempt with it is a line in somebody's security log.
    private static readonly TimeSpan UnauthorizedPause = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _time = settings.Time;
    private readonly Backoff _backoff = new(settings.Random);
    private readonly Outage _outage = new(settings.Time, log);

    private bool _polling = settings.Follow == SetpointFollow.Poll;
    private bool _trial;
    private bool _pollsWork;
    private long _streamTriedAt;
    private int _silentStreams;
    private int _behind;

    // The tag of the newest configuration that was offered, refused ones included: polling with the accepted tag would bring a refused
    // configuration again and again.
    private string? _offeredTag;

    [SuppressMessage("Design", "CA1031", Justification = "The loop's edge: a bug in one round must not leave the app without updates for ever. It is logged and retried with back-off.")]
    public async Task RunAsync(CancellationToken stop)
    {
        if (settings.Follow == SetpointFollow.None)
            return;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var pause = _polling ? await PollAsync(stop).ConfigureAwait(false) : await StreamAsync(stop).ConfigureAwait(false);
                if (pause > TimeSpan.Zero)
                    await Task.Delay(pause, _time, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception bug)
            {
                log.FollowerStumbled(bug);
                status.Change(now => now with { State = SetpointState.Disconnected, LastError = $"Unexpected {bug.GetType().Name} while following." });
                await Task.Delay(_backoff.Next(), _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        status.Change(now => now with { State = SetpointState.Idle });
    }

    private long MinRevision => _behind >= BehindMax ? 0 : board.Current.Revision;

    /// <summary>One stream, from its opening to its end. Returns the pause before the next attempt.</summary>
    private async Task<TimeSpan> StreamAsync(CancellationToken stop)
    {
        var patience = _trial && settings.SilenceMax > TrialSilence ? TrialSilence : settings.SilenceMax;
        using var silence = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, silence.Token);
        var progress = new StreamProgress();
        _streamTriedAt = _time.GetTimestamp();
        FetchOutcome.Failed failure;
        try
        {
            failure = await ReadStreamAsync(progress, silence, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            failure = new(
                progress.Heard ? FailureKind.Unreachable : FailureKind.NoStream, $"The stream was silent for {patience.TotalSeconds:0} s.");
        }
        catch (Exception trouble) when (SetpointTransport.Describe(trouble, stop) is not null)
        {
            failure = SetpointTransport.Describe(trouble, stop)!;
        }

        flags.StreamClosed();
        if (progress.Heard && _time.GetElapsedTime(_streamTriedAt) >= Backoff.Healthy)
            _backoff.Reset();
        return await AfterStreamAsync(failure, progress, stop).ConfigureAwait(false);
    }

    private async Task<FetchOutcome.Failed> ReadStreamAsync(StreamProgress progress, CancellationTokenSource silence, CancellationToken cancellationToken)
    {
        // Without the last revision the server sends its state in any case. That is wanted from a server that went back, and for a cached
        // configuration, whose revision may count in another history than the server's.
        var lastRevision = _behind >= BehindMax || status.Current.Origin != SetpointOrigin.Server ? 0 : board.Current.Revision;
        var (response, refusal) = await transport.OpenStreamAsync(lastRevision, MinRevision, cancellationToken).ConfigureAwait(false);
        if (response is null)
        {
            progress.Refused = true;
            return refusal!;
        }

        using (response)
        {
            status.Change(now => now with { State = SetpointState.Streaming });
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var reader = new SseReader(stream, settings.ResponseSizeMax);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } item)
            {
                silence.CancelAfter(settings.SilenceMax);
                Accept(item);
                if (progress.Heard)
                    continue;
                // Only what came through proves that the stream works; the headers alone prove nothing.
                progress.Heard = true;
                _silentStreams = 0;
                _trial = false;
                flags.StreamOpened();
                var wasAway = _outage.IsFelt;
                Recovered(SetpointState.Streaming);

                // A server that was away may have come back with a restored history, in which our last revision means something else.
                // Only the tag compares contents; most of the time this is one 304.
                if (wasAway)
                    await FetchAsync(wait: null, cancellationToken).ConfigureAwait(false);
            }
        }

        return new(progress.Heard ? FailureKind.Unreachable : FailureKind.NoStream, "The server closed the stream.");
    }

    private async Task<TimeSpan> AfterStreamAsync(FetchOutcome.Failed failure, StreamProgress progress, CancellationToken stop)
    {
        if (failure.Kind != FailureKind.NoStream)
        {
            if (!progress.Heard || failure.Kind == FailureKind.Garbage)
                return Failed(failure);
            // A stream that worked and ended: a restart, a deployment, a load balancer's limit. The next attempt tells more.
            _outage.Begin();
            status.Change(now => now with { State = SetpointState.Disconnected, LastError = failure.Message });
            return _backoff.Next();
        }

        // The stream cannot tell what changed in the meantime, a request can.
        _silentStreams++;
        if (progress.Refused || _trial || _silentStreams >= SilentStreamsMax)
        {
            if (!_trial)
                log.StreamGivenUp(failure.Message, settings.StreamRetryInterval.TotalSeconds);
            _polling = true;
            _pollsWork = false;
            _trial = false;
            _silentStreams = 0;
            return TimeSpan.Zero;
        }

        var fetched = await FetchAsync(wait: null, stop).ConfigureAwait(false);
        return fetched.Failure is { } trouble ? Failed(trouble) : _backoff.Next();
    }

    /// <summary>One poll. Returns the pause before the next.</summary>
    private async Task<TimeSpan> PollAsync(CancellationToken stop)
    {
        if (settings.Follow == SetpointFollow.Stream && _time.GetElapsedTime(_streamTriedAt) >= settings.StreamRetryInterval)
        {
            _polling = false;
            _trial = true;
            return TimeSpan.Zero;
        }

        // The first poll is answered at once, so that what was missed is there and the status is right; only then does the server hold them.
        var started = _time.GetTimestamp();
        var held = _pollsWork;
        var wait = settings.PollInterval < WaitMax ? settings.PollInterval : WaitMax;
        var (changed, failure) = await FetchAsync(held ? wait : null, stop).ConfigureAwait(false);
        _pollsWork = failure is null;
        if (failure is not null)
            return Failed(failure);
        Recovered(SetpointState.Polling);
        _backoff.Reset();
        if (!held)
            return TimeSpan.Zero;
        if (changed)
            return ChangeSpacing;
        // A server or a cache on the way that does not hold the poll must not be asked in a tight loop.
        var left = settings.PollInterval - _time.GetElapsedTime(started);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async Task<(bool Changed, FetchOutcome.Failed? Failure)> FetchAsync(TimeSpan? wait, CancellationToken stop)
    {
        var bound = (wait ?? TimeSpan.Zero) + PollGrace;
        using var timeout = new CancellationTokenSource(bound, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        var current = board.Current;
        var tag = _offeredTag ?? current.ETag;
        try
        {
            switch (await transport.FetchAsync(tag, MinRevision, wait, either.Token).ConfigureAwait(false))
            {
                case FetchOutcome.Fetched fetched:
                    var news = !fetched.Snapshot.HasSameContentAs(current);
                    Offer(fetched.Snapshot);
                    return (news, null);
                case FetchOutcome.Unchanged unchanged:
                    // "Unchanged" may be about a configuration that was refused here; that confirms nothing about the current one.
                    if (string.Equals(tag, current.ETag, StringComparison.Ordinal))
                        publisher.Confirm(unchanged.Revision, SetpointOrigin.Server);
                    _behind = 0;
                    return (false, null);
                case FetchOutcome.Failed failed:
                    return (false, failed);
                case var unknown:
                    throw new InvalidOperationException($"Unknown outcome {unknown.GetType().Name}.");
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return (false, new(FailureKind.Unreachable, $"The server did not answer within {bound.TotalSeconds:0} s."));
        }
    }

    private void Accept(SseItem item)
    {
        switch (item.Type)
        {
            case "configuration-update":
                Offer(WireMessage.Read(item.Data, settings.Identity, etag: null, RevisionIn(item.Id)));
                break;
            case "configuration-reload":
                publisher.Reload(WireMessage.RevisionOf(item.Data));
                break;
            case "feature-flag-update":
                flags.FlagChanged(WireMessage.RevisionOf(item.Data));
                break;
        }

        // Comments, and types that a newer server may know, say that the server lives.
        var now = _time.GetUtcNow();
        status.Change(before => before with { LastContact = now });
    }

    private void Offer(ConfigurationSnapshot snapshot)
    {
        _behind = 0;
        _offeredTag = snapshot.ETag;
        var before = board.Current;
        if (publisher.Offer(snapshot, SetpointOrigin.Server) && !before.HasSameContentAs(snapshot))
            cache.Enqueue(snapshot);
    }

    private void Recovered(SetpointState state)
    {
        _outage.End(board.Current.Revision);
        var now = _time.GetUtcNow();
        status.Change(before => before with { State = state, LastContact = now, LastError = null });
    }

    private TimeSpan Failed(FetchOutcome.Failed failure)
    {
        SetpointMetrics.Failures.Add(1, new KeyValuePair<string, object?>("kind", failure.Kind.ToString()));
        if (failure.Kind == FailureKind.Behind)
            _behind++;
        var state = failure.Kind == FailureKind.Unauthorized ? SetpointState.Unauthorized : SetpointState.Disconnected;
        status.Change(now => now with { State = state, LastError = failure.Message });
        _outage.Failed(failure, board.Current.Revision);

        var pause = _backoff.Next();
        return failure.Kind switch
        {
            FailureKind.Unauthorized => UnauthorizedPause + pause,
            // The server's own wish, spread out so that a fleet does not come back in one moment.
            _ when failure.RetryAfter is { } asked => asked + pause,
            _ => pause,
        };
    }

    private static long? RevisionIn(string id) => long.TryParse(id, out var revision) && revision >= 0 ? revision : null;

    private sealed class StreamProgress
    {
        /// <summary>The server answered, with something else than a stream.</summary>
        public bool Refused { get; set; }

        /// <summary>Something came through the stream.</summary>
        public bool Heard { get; set; }
    }
}
