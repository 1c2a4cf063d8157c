using Setpoint.Core.Faults;

namespace Setpoint.Server.Ledger;

/// <summary>A request in the queue, and who waits for it.</summary>
internal sealed class PendingWrite(WriteRequest request, long queuedAt, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<Result<WriteOutcome>> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WriteRequest Request { get; } = request;

    public long QueuedAt { get; } = queuedAt;

    public Task<Result<WriteOutcome>> Outcome => _outcome.Task;

    /// <summary>Whoever asked has gone before it was looked at, or it has failed.</summary>
    public bool Cancelled => cancellationToken.IsCancellationRequested || _outcome.Task.IsCompleted;

    public WriteOutcome? Verdict { get; set; }

    public Fault? Refusal { get; set; }

    /// <summary>It was judged against commits of its own group, which are not durable yet.</summary>
    public bool LeansOnGroup { get; set; }

    public void Fail(Exception bug) => _outcome.TrySetException(bug);

    public void Answer()
    {
        if (Refusal is not null)
            _outcome.TrySetResult(Refusal);
        else if (Verdict is not null)
            _outcome.TrySetResult(Verdict);
        else
            _outcome.TrySetCanceled(cancellationToken);
    }
}
