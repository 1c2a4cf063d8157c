using System.Collections.Concurrent;

namespace Setpoint.Storage.Sqlite;

/// <summary>
/// A thread that runs what it is given, one after another. SQLite blocks while the disk works; here it blocks this thread and none of
/// the pool that answers requests.
/// </summary>
internal sealed class OwnedThread : IDisposable
{
    // The writer loop has one append in flight; the rest are rare tasks such as a backup or the removal of expired answers.
    private const int QueueLengthMax = 64;

    private readonly BlockingCollection<Action> _work = new(QueueLengthMax);
    private readonly Thread _thread;

    public OwnedThread(string name)
    {
        _thread = new(Work) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Runs it on the thread. Cancelling has an effect until it begins; then its outcome is awaited.</summary>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<T>(cancellationToken);

        // Asynchronous continuations: the caller's next step must not run here, where it would hold up the next append.
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() => Complete(completion, work, cancellationToken), cancellationToken);
        return completion.Task;
    }

    /// <summary>Runs what is queued and ends the thread.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private static void Complete<T>(TaskCompletionSource<T> completion, Func<T> work, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            completion.SetCanceled(cancellationToken);
            return;
        }

        try
        {
            completion.SetResult(work());
        }
        catch (OperationCanceledException cancelled)
        {
            completion.SetCanceled(cancelled.CancellationToken);
        }
#pragma warning disable CA1031 // The edge of the thread: every failure belongs to the caller that awaits the task.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            completion.SetException(failure);
        }
    }

    private void Work()
    {
        foreach (var work in _work.GetConsumingEnumerable())
            work();
    }
}
