using System.Threading.Channels;
using Setpoint.Core.Faults;
using Setpoint.Core.Ledger;

namespace Setpoint.Server.Ledger;

/// <summary>
/// The one way into the ledger. Proposals wait in a bounded queue; one loop takes all that are waiting and has them committed as a group.
/// </summary>
internal sealed class LedgerWriter(
    CommitGroup group,
    SnapshotBoard board,
    LedgerMetrics metrics,
    TimeProvider time,
    ILogger<LedgerWriter> logger) : BackgroundService
{
    // One fsync costs as much as judging some hundred small changes; a larger group would only make its first member wait.
    private const int GroupMax = 256;

    // A queue longer than a second's work is load that must be refused, not kept.
    private const int QueueLengthMax = 8_192;

    // A full queue is some 32 groups of a few milliseconds each; longer than this the disk hangs, and nobody is told of success.
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(5);

    private readonly Channel<PendingWrite> _queue = Channel.CreateBounded<PendingWrite>(new BoundedChannelOptions(QueueLengthMax)
    {
        SingleReader = true,
        AllowSynchronousContinuations = false,
    });

    private readonly List<PendingWrite> _waiting = new(GroupMax);

    /// <summary>Why writing is impossible now; null when the last append worked.</summary>
    public string? Problem => group.Problem;

    /// <summary>Opens the store and publishes what it holds. A failure stops the start.</summary>
    public Task OpenAsync(CancellationToken cancellationToken) => group.OpenAsync(cancellationToken);

    /// <summary>Proposes a change and waits for its outcome.</summary>
    /// <remarks>Once the proposal is taken from the queue, cancelling no longer stops it: the change may be made although nobody waits.</remarks>
    public async Task<Result<WriteOutcome>> WriteAsync(WriteRequest request, CancellationToken cancellationToken)
    {
        if (request.DryRun)
            return DryRun(request.Proposal);
        var pending = new PendingWrite(request, time.GetTimestamp(), cancellationToken);
        return _queue.Writer.TryWrite(pending)
            ? await pending.Outcome
            : new Fault.Unavailable($"{QueueLengthMax} changes are waiting already, or the server is stopping; retry later.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Stopping completes the queue (see StopAsync); what is in it by then is still written.
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (_waiting.Count < GroupMax && _queue.Reader.TryRead(out var pending))
            {
                metrics.Taken(time.GetElapsedTime(pending.QueuedAt));
                _waiting.Add(pending);
            }

            await group.WriteAsync(_waiting);
            _waiting.Clear();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        try
        {
            // Not the host's patience: requests that would not end may have used that up, and what was accepted is written all the same.
            if (ExecuteTask is { } running)
                await running.WaitAsync(DrainMax, time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            LedgerLog.NotDrained(logger, DrainMax);
        }

        await base.StopAsync(cancellationToken);
    }

    /// <summary>What would come of it. The revision is the one it was judged against: no other was made.</summary>
    private Result<WriteOutcome> DryRun(Proposal proposal)
    {
        var before = board.Current;
        return Gate.Judge(before, proposal, time.GetUtcNow()).TryGet(out var verdict, out var fault)
            ? WriteOutcome.Of(verdict) with { Revision = before.Revision, Trial = new(before, verdict.After) }
            : fault;
    }
}
