namespace Setpoint.Server.Sources;

/// <summary>
/// What is to be looked at, collected from the threads that notice it for the one loop that looks. Bounded: many paths are the tree.
/// </summary>
internal sealed class TreeSignals(TimeProvider time)
{
    private const int PathsMax = 256;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private readonly List<TreeRequest> _requests = [];
    private TaskCompletionSource _raised = NewSignal();
    private bool _everything;
    private bool _rearm;
    private bool _closed;
    private long _lastAt;

    /// <summary>Completes when there is something to do. Take it before <see cref="Take"/>, never after.</summary>
    public Task Raised
    {
        get
        {
            lock (_lock)
                return _raised.Task;
        }
    }

    /// <summary>How long nothing has been noticed.</summary>
    public TimeSpan Quiet
    {
        get
        {
            lock (_lock)
                return time.GetElapsedTime(_lastAt);
        }
    }

    /// <summary>A file was touched.</summary>
    public void Touch(string path)
    {
        lock (_lock)
        {
            if (_paths.Count < PathsMax)
                _paths.Add(path);
            else
                _everything = true;
            Raise();
        }
    }

    /// <summary>Something happened that may concern any file.</summary>
    /// <param name="rearm">The watch itself may have lost its hold.</param>
    public void TouchAll(bool rearm = false)
    {
        lock (_lock)
        {
            _everything = true;
            _rearm |= rearm;
            Raise();
        }
    }

    /// <summary>Somebody waits for a look at everything.</summary>
    /// <returns>False if nobody will look any more.</returns>
    public bool Request(TreeRequest request)
    {
        lock (_lock)
        {
            if (_closed)
                return false;
            _requests.Add(request);
            _everything = true;
            Raise();
            return true;
        }
    }

    /// <summary>All that was noticed so far; what comes from now on is for the next time.</summary>
    public TreeWork Take()
    {
        lock (_lock)
        {
            var work = new TreeWork(_everything, _rearm, [.. _paths], [.. _requests]);
            _paths.Clear();
            _requests.Clear();
            _everything = _rearm = false;
            if (_raised.Task.IsCompleted)
                _raised = NewSignal();
            return work;
        }
    }

    /// <summary>The loop has ended: whoever waits, or would, is told so.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            foreach (var request in _requests)
                request.Done.TrySetCanceled();
            _requests.Clear();
        }
    }

    private void Raise()
    {
        _lastAt = time.GetTimestamp();
        _raised.TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <param name="Everything">Look at all files; else at <paramref name="Paths"/>.</param>
internal sealed record TreeWork(bool Everything, bool Rearm, string[] Paths, TreeRequest[] Requests);

/// <summary>Somebody waits for the outcome.</summary>
/// <param name="Force">Files are imported although they look the same as last time.</param>
internal sealed record TreeRequest(bool Force)
{
    public TaskCompletionSource<SourceReport> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
