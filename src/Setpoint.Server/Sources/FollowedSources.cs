using Setpoint.Server.Ledger;
using Setpoint.Server.Process;
using Setpoint.Storage;

namespace Setpoint.Server.Sources;

/// <summary>Follows the configuration tree from the start to the end of the server, and tells how it stands.</summary>
internal sealed class FollowedSources : BackgroundService
{
    // Long enough for a burst of writes to end, short enough that nobody notices.
    private static readonly TimeSpan QuietPeriod = TimeSpan.FromMilliseconds(8);

    // A file that is written all the time must not keep the others waiting.
    private static readonly TimeSpan QuietWaitMax = TimeSpan.FromMilliseconds(250);

    // The kernel may lose events, and tells of none behind links and on network drives.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookEveryUnwatched = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TreeFolder? _folder;
    private readonly TreeSignals _signals;
    private readonly TreeWatcher? _watcher;
    private readonly Func<FollowedTree>? _open;
    private FollowedTree? _tree;
    private bool _failed;
    private IReadOnlyList<SourceReport> _reports = [];

    public FollowedSources(
        ServerSettings settings, LedgerWriter writer, SnapshotBoard board, ILedgerStore store, TimeProvider time, ILogger<FollowedSources> logger)
    {
        _time = time;
        _logger = logger;
        _signals = new(time);
        if (settings.ConfigTree is not { } root)
            return;
        _folder = new(Path.TrimEndingDirectorySeparator(root));
        _watcher = new(_folder, _signals, logger);
        _open = () => new(_folder, writer, board, store, time, logger);
    }

    /// <summary>How it stands with each source; empty if none is followed. Safe to read at any time.</summary>
    public IReadOnlyList<SourceReport> Reports => Volatile.Read(ref _reports);

    /// <summary>Reads all sources now, and waits until what they say is committed or refused.</summary>
    /// <param name="force">Files win over what people have written since they were imported.</param>
    public async Task<IReadOnlyList<SourceReport>> RereadAsync(bool force, CancellationToken cancellationToken)
    {
        var request = new TreeRequest(force);
        if (_folder is not null && _signals.Request(request))
            await request.Done.Task.WaitAsync(cancellationToken);
        return Reports;
    }

    /// <summary>Imports before the server answers anybody: whoever gets an answer gets one with the tree in it.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_open is null)
            return;
        _tree = _open();
        // The watch before the look: what changes between the two is seen twice, not never.
        _watcher!.Arm();
        await LookAsync(new TreeWork(Everything: true, Rearm: false, [], []), cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _watcher?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
                await FollowAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops. What was saved last is found by the next start.
        }
        finally
        {
            _signals.Close();
        }
    }

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        var wait = _watcher!.IsArmed ? LookEvery : LookEveryUnwatched;
        if (_tree!.LookAgainIn is { } sooner && sooner < wait)
            wait = sooner;
        var raised = _signals.Raised;
        await raised.WaitAsync(wait, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stoppingToken.ThrowIfCancellationRequested();
        if (raised.IsCompleted)
            await WaitForQuietAsync(stoppingToken);

        var work = _signals.Take();
        // Nothing was told of: it is time to look whether something was missed.
        if (!raised.IsCompleted || _tree.LookAgainIn is not null || _failed)
            work = work with { Everything = true };
        if (work.Rearm || !_watcher.IsArmed)
        {
            _watcher.Arm();
            work = work with { Everything = true };
        }

        await LookAsync(work, stoppingToken);
    }

    private async Task WaitForQuietAsync(CancellationToken stoppingToken)
    {
        var start = _time.GetTimestamp();
        while (_signals.Quiet is var quiet && quiet < QuietPeriod && _time.GetElapsedTime(start) < QuietWaitMax)
            await Task.Delay(QuietPeriod - quiet, _time, stoppingToken);
    }

    private async Task LookAsync(TreeWork work, CancellationToken cancellationToken)
    {
        try
        {
            var report = await _tree!.LookAsync(work, cancellationToken);
            _failed = false;
            Volatile.Write(ref _reports, [report]);
            foreach (var request in work.Requests)
                request.Done.TrySetResult(report);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            foreach (var request in work.Requests)
                request.Done.TrySetCanceled(cancellationToken);
            throw;
        }
#pragma warning disable CA1031 // The loop's edge: a bug in one look must reach who asked for it and not end the following.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            _failed = true;
            SourcesLog.PassFailed(_logger, _folder!.Root, bug);
            Volatile.Write(ref _reports, [Failed()]);
            foreach (var request in work.Requests)
                request.Done.TrySetException(bug);
        }
    }

    /// <summary>What is known stays; that following does not work is added.</summary>
    private SourceReport Failed()
    {
        var last = Reports.Count > 0 ? Reports[0] : new SourceReport(_folder!.Root, 0, null, _time.GetUtcNow(), []);
        return last with { CheckedAt = _time.GetUtcNow(), Problems = [new(null, null, null, "Following failed because of a bug; the log has more.")] };
    }
}
