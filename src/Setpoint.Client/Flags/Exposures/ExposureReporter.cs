using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Setpoint.Client.Hosting;
using Setpoint.Client.Transport;

namespace Setpoint.Client.Flags.Exposures;

/// <summary>
/// Tells the server how often each flag gave which answer:
/// 1. evaluations count themselves, in counters of the flag that no two cores share;
/// 2. each interval takes the counts out and makes one report of each namespace that was asked, in parts where it is long;
/// 3. reports wait in a bounded queue until the server takes them, the oldest first.
/// What an evaluation costs does not depend on any of that, and what the server hears depends on how many flags there are, not on how often they are asked.
/// </summary>
internal sealed class ExposureReporter
{
    // Some 200 KB of JSON at most: 100 bytes for a count, 4 KiB in Base64 for the sketch of a flag that thousands asked for.
    private const int CountsOfReportMax = 50;

    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(10);

    // A stop waits for one more report, and not for a server that is away.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    // A server that refuses now will refuse in ten seconds, too.
    private static readonly TimeSpan RefusedPause = TimeSpan.FromMinutes(5);

    private readonly SetpointSettings _settings;
    private readonly SetpointTransport _transport;
    private readonly FlagBoard _board;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly TimeSpan _first;
    private readonly string _client = Guid.NewGuid().ToString("N");
    private readonly ExposureQueue _queue = new();
    private DateTimeOffset _since;
    private DateTimeOffset _pausedUntil;
    private long _sequence;
    private bool _toldRefusal;
    private bool _toldDrop;

    [SuppressMessage("Security", "CA5394", Justification = "Jitter spreads load; nobody gains from guessing it.")]
    public ExposureReporter(SetpointSettings settings, SetpointTransport transport, FlagBoard board, ILogger log)
    {
        _settings = settings;
        _transport = transport;
        _board = board;
        _log = log;
        _time = settings.Time;
        _interval = settings.Flags!.ExposureInterval;
        // A fleet that was started in one moment must not report in one moment.
        _first = _interval * (0.5 + (settings.Random.NextDouble() / 2));
        _since = _time.GetUtcNow();
    }

    /// <summary>Evaluations that the server was never told of.</summary>
    public long Dropped => _queue.Dropped;

    /// <summary>Reports until it is told to stop, and once more then. Never throws.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The loop's edge: a bug in one report must not end the reports for ever. It is logged, and the next interval goes on.")]
    public async Task RunAsync(CancellationToken stop)
    {
        var pause = _first;
        bool isLast;
        do
        {
            await Task.Delay(pause, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = _interval;
            isLast = stop.IsCancellationRequested;
            try
            {
                Collect();
                using var timeout = new CancellationTokenSource(isLast ? StopTimeout : SendTimeout, _time);
                using var hurry = isLast ? default : stop.Register(() => timeout.CancelAfter(StopTimeout));
                await SendAsync(timeout.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The server took too long; what it has not answered is sent again under the same number.
            }
            catch (Exception bug)
            {
                _log.ExposuresStumbled(bug);
            }
        }
        while (!isLast);
    }

    private void Collect()
    {
        var (from, to) = (_since, _time.GetUtcNow());
        _since = to;
        long dropped = 0;
        foreach (var usage in _board.Drain())
        {
            foreach (var part in usage.Counts.Chunk(CountsOfReportMax))
            {
                var keys = part.Select(count => count.Key).Distinct(StringComparer.Ordinal).Where(usage.Keys.ContainsKey);
                dropped += _queue.Add(new(
                    usage.Namespace, ++_sequence, from, to, [.. part], [.. keys.Select(key => new ExposureKeys(key, usage.Keys[key].ToBytes()))]));
            }
        }

        if (dropped > 0 && !_toldDrop)
        {
            _toldDrop = true;
            _log.ExposuresDropped(dropped);
        }
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        if (_time.GetUtcNow() < _pausedUntil)
            return;
        while (_queue.Oldest is { } report)
        {
            var body = ExposureMessage.Write(report, _settings.Identity.Service, _settings.Flags!.Environment, _client);
            var failure = await _transport.PostAsync(ExposureMessage.Path, body, cancellationToken).ConfigureAwait(false);
            if (failure is null)
            {
                _queue.Remove();
                (_toldRefusal, _toldDrop) = (false, false);
                continue;
            }

            if (!Survives(failure))
                return;
        }
    }

    /// <summary>True if the next report may have more luck than this one.</summary>
    private bool Survives(FetchOutcome.Failed failure)
    {
        if (failure.Kind is FailureKind.Unreachable or FailureKind.Busy or FailureKind.Behind)
        {
            // Told by who follows the configuration. Reports wait.
            _pausedUntil = _time.GetUtcNow() + (failure.RetryAfter ?? TimeSpan.Zero);
            return false;
        }

        if (!_toldRefusal)
            _log.ExposuresRefused(failure.Message);
        _toldRefusal = true;
        if (failure.Kind == FailureKind.Refused)
        {
            // The server knows the request and does not want this one.
            _queue.Drop();
            return true;
        }

        // No such route, or the key may not: somebody may change that, and until then reports wait as far as there is room.
        _pausedUntil = _time.GetUtcNow() + RefusedPause;
        return false;
    }
}
