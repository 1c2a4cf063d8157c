using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Setpoint.Client.Cache;
using Setpoint.Client.Following;
using Setpoint.Client.Hosting;
using Setpoint.Client.Transport;
using Setpoint.Core.Flags;

namespace Setpoint.Client.Flags;

/// <summary>
/// Keeps the flags of one namespace up to date until it is told to stop: it asks when the stream says that something changed, and by long
/// polls while there is no stream. The stream speaks of the service's own namespace; others are polled at all times. Feeds know nothing of each other, so that one namespace that is refused keeps no other back.
/// </summary>
internal sealed class FlagFeed
{
    // Each attempt waits for up to two seconds on the server; one that is still behind after three was restored from a backup.
    private const int BehindMax = 3;

    // The server holds a poll for at most this long.
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);

    // What a request may take beyond the time for which the server holds it.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    // A stream that ends is back within a second or two, most of the time; a poll in between would be for nothing.
    private static readonly TimeSpan StreamGrace = TimeSpan.FromSeconds(5);

    // A script that changes a hundred flags is a hundred events: one request at once, and one every so often while they go on.
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(100);

    // The stream tells of every change; this is for the day on which it does not, and costs one "not modified".
    private static readonly TimeSpan Recheck = TimeSpan.FromMinutes(5);

    // What is refused is not fixed within seconds, and each attempt is a line in somebody's log.
    private static readonly TimeSpan RefusedPause = TimeSpan.FromSeconds(30);

    private readonly SetpointSettings _settings;
    private readonly TimeProvider _time;
    private readonly FlagTransport _transport;
    private readonly FlagBoard _board;
    private readonly DiskCache<FlagDefinitions> _cache;
    private readonly CacheWriter<FlagDefinitions> _writer;
    private readonly Action<FlagsChangedEventArgs> _changed;
    private readonly ILogger _log;
    private readonly Backoff _backoff;

    private FailureKind? _toldFailure;
    private bool _works;
    private int _behind;
    private long _askedAt;

    [SuppressMessage("Security", "CA5394", Justification = "Jitter spreads load; nobody gains from guessing it.")]
    public FlagFeed(
        string ns, SetpointSettings settings, SetpointTransport transport, FlagBoard board, StatusBoard status, Action<FlagsChangedEventArgs> changed, ILogger log)
    {
        Namespace = ns;
        IsTold = ns == settings.Identity.Service && settings.Follow == SetpointFollow.Stream;
        Signal = new(settings.Time);
        _settings = settings;
        _time = settings.Time;
        _transport = new(transport, ns, settings.Flags!.Environment);
        _board = board;
        _cache = new(settings, settings.Identity.FlagCache(ns), log);
        _writer = new(_cache, status, log);
        _changed = changed;
        _log = log;
        // Drawn from the app's, and not shared: a Random of the app's own may serve one thread only.
        _backoff = new(new Random(settings.Random.Next()));
    }

    public string Namespace { get; }

    /// <summary>True if the stream tells of changes in this namespace.</summary>
    public bool IsTold { get; }

    public FlagSignal Signal { get; }

    /// <summary>Why the server's newest flags are not there; null if they are, as far as anybody knows.</summary>
    public string? LastError { get; private set; }

    /// <summary>Gets the first flags on the calling thread.</summary>
    /// <param name="cancellationToken">Once it is cancelled, the cache has to do.</param>
    public void Start(CancellationToken cancellationToken)
    {
        FetchOutcome outcome;
        try
        {
            outcome = cancellationToken.IsCancellationRequested ? TooSlow() : _transport.Fetch(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            outcome = TooSlow();
        }

        Adopt(outcome);
    }

    /// <summary>As <see cref="Start"/>, without a thread.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        FetchOutcome outcome;
        try
        {
            outcome = await _transport.FetchAsync(known: null, minRevision: 0, wait: null, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            outcome = TooSlow();
        }

        Adopt(outcome);
    }

    public async Task RunAsync(CancellationToken stop)
    {
        var writing = _writer.RunAsync();
        try
        {
            await FollowAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            _writer.Complete();
            await writing.ConfigureAwait(false);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The loop's edge: a bug in one round must not leave the app without updates for ever. It is logged and retried with back-off.")]
    private async Task FollowAsync(CancellationToken stop)
    {
        // The start has asked already; where a stream is on its way, its opening is the moment to ask again.
        var pause = IsTold && _works ? StreamGrace : TimeSpan.Zero;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await PauseAsync(pause, stop).ConfigureAwait(false);
                pause = await RoundAsync(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception bug)
            {
                _log.FlagsStumbled(Namespace, bug);
                pause = _backoff.Next();
            }
        }
    }

    /// <summary>Waits until there is a reason to ask: a change that is not here yet, a stream that just opened, or time.</summary>
    private async Task PauseAsync(TimeSpan pause, CancellationToken stop)
    {
        if (_toldFailure is FailureKind.Missing or FailureKind.Unauthorized or FailureKind.Refused)
        {
            // Whatever is told in the meantime must not turn a refusal into a stream of requests.
            await Task.Delay(pause, _time, stop).ConfigureAwait(false);
            return;
        }

        while (await Signal.WaitAsync(pause, stop).ConfigureAwait(false))
        {
            if (Signal.TakeOpened() || Signal.Told > Revision)
                break;
            // The stream ended, or told what is here already: the event of one commit comes once for each of its flags.
            if (_works)
                pause = Signal.IsStreaming ? Recheck : StreamGrace;
        }

        var left = Spacing - _time.GetElapsedTime(_askedAt);
        if (_askedAt != 0 && left > TimeSpan.Zero)
            await Task.Delay(left, _time, stop).ConfigureAwait(false);
    }

    /// <summary>One request. Returns the pause before the next, which a signal may cut short.</summary>
    private async Task<TimeSpan> RoundAsync(CancellationToken stop)
    {
        var isHeld = !Signal.IsStreaming && _works;
        var wait = _settings.PollInterval < WaitMax ? _settings.PollInterval : WaitMax;
        _askedAt = _time.GetTimestamp();
        var outcome = await FetchAsync(isHeld ? wait : null, stop).ConfigureAwait(false);
        if (outcome is FetchOutcome.Failed failure)
            return Failed(failure);

        if (_behind >= BehindMax)
            Signal.Forget();
        _behind = 0;
        _works = true;
        _backoff.Reset();
        Recovered();
        if (outcome is FetchOutcome.Defined { Definitions: var next })
            Offer(next);
        else
            _board.Confirm(Namespace, ((FetchOutcome.Unchanged)outcome).Revision);

        if (Signal.IsStreaming)
            return Recheck;
        // The first poll is answered at once; only then does the server hold them. One on the way that does not hold them is not asked in a tight loop.
        var spent = _time.GetElapsedTime(_askedAt);
        return !isHeld || outcome is FetchOutcome.Defined ? Spacing : _settings.PollInterval > spent ? _settings.PollInterval - spent : Spacing;
    }

    private async Task<FetchOutcome> FetchAsync(TimeSpan? wait, CancellationToken stop)
    {
        var bound = (wait ?? TimeSpan.Zero) + Grace;
        using var timeout = new CancellationTokenSource(bound, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            var minRevision = _behind >= BehindMax ? 0 : Math.Max(Signal.Told, Revision);
            return await _transport.FetchAsync(_board.Of(Namespace).Definitions, minRevision, wait, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new FetchOutcome.Failed(FailureKind.Unreachable, $"The server did not answer within {bound.TotalSeconds:0} s.");
        }
    }

    // A cached revision may count in another history than the server's.
    private long Revision => _board.Of(Namespace) is { Origin: SetpointOrigin.Server, Definitions: { } definitions } ? definitions.Revision : 0;

    private void Offer(FlagDefinitions next)
    {
        Take(next, SetpointOrigin.Server);
        _writer.Enqueue(next);
    }

    private void Take(FlagDefinitions next, SetpointOrigin origin)
    {
        // Swap, then tell: whoever is told must already get the new answers.
        var (changes, failures) = _board.Replace(next, origin);
        TellUnreadable(_log, next, failures);
        if (!changes.IsEmpty)
            _changed(new(Namespace, next.Revision, changes));
    }

    /// <summary>Tells which flags give their fallbacks: those that cannot be read, and those that can and that a bug kept from being compiled.</summary>
    internal static void TellUnreadable(ILogger log, FlagDefinitions definitions, ImmutableArray<FlagFailure> failures)
    {
        if (definitions.Unreadable.Count > 0)
            log.FlagsUnreadable(definitions.Namespace, definitions.Unreadable.Count, definitions.Unreadable.Keys[0], definitions.Unreadable.Values[0], exception: null);
        if (failures is [var first, ..])
            log.FlagsUnreadable(definitions.Namespace, failures.Length, first.Flag.Key, "it could not be compiled, which is a bug.", first.Exception);
    }

    private void Adopt(FetchOutcome outcome)
    {
        if (outcome is FetchOutcome.Defined { Definitions: var first })
        {
            _works = true;
            Take(first, SetpointOrigin.Server);
            _writer.Write(first);
            _log.FlagsStarted(first.Flags.Count, Namespace, first.Environment, first.Revision);
            return;
        }

        var reason = (outcome as FetchOutcome.Failed)?.Message ?? "The server gave no flags.";
        LastError = reason;
        if (_cache.ReadAll() is not [var newest, ..])
        {
            _log.FlagsStartedWithout(Namespace, _settings.Flags!.Environment, reason);
            return;
        }

        Take(newest.Snapshot, SetpointOrigin.Cache);
        _log.FlagsStartedFromCache(
            newest.Snapshot.Flags.Count, Namespace, newest.Snapshot.Environment, newest.Snapshot.Revision, (_time.GetUtcNow() - newest.SavedAt).TotalSeconds, reason);
    }

    private TimeSpan Failed(FetchOutcome.Failed failure)
    {
        _works = false;
        LastError = failure.Message;
        if (failure.Kind == FailureKind.Behind)
            _behind++;
        SetpointMetrics.Failures.Add(1, new KeyValuePair<string, object?>("kind", failure.Kind.ToString()));

        // An outage of the server is told by who follows the configuration; only what concerns flags alone is told here, once.
        if (_toldFailure != failure.Kind && failure.Kind is not (FailureKind.Unreachable or FailureKind.Busy or FailureKind.Behind))
            _log.FlagsFailed(Namespace, _settings.Flags!.Environment, failure.Message);
        _toldFailure = failure.Kind;
        var pause = _backoff.Next();
        return _toldFailure is FailureKind.Missing or FailureKind.Unauthorized or FailureKind.Refused
            ? RefusedPause + pause
            : (failure.RetryAfter ?? TimeSpan.Zero) + pause;
    }

    private void Recovered()
    {
        LastError = null;
        _toldFailure = null;
    }

    private FetchOutcome.Failed TooSlow() => new(FailureKind.Unreachable, string.Create(CultureInfo.InvariantCulture, $"The server did not answer within {_settings.StartTimeout.TotalSeconds:0.#} s."));
}
