namespace Setpoint.Client.Flags.Exposures;

/// <summary>Reports that the server has not taken yet. Bounded: the oldest give way, and what they counted is counted as dropped. One thread.</summary>
internal sealed class ExposureQueue
{
    /// <summary>Counts that are kept; some 100 bytes each.</summary>
    public const int CountsMax = 20_000;

    private readonly Queue<ExposureReport> _reports = new();
    private int _counts;
    private long _dropped;

    /// <summary>Evaluations that nobody will hear of. Read from any thread.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public ExposureReport? Oldest => _reports.TryPeek(out var oldest) ? oldest : null;

    /// <summary>Adds a report; returns how many evaluations gave way.</summary>
    public long Add(ExposureReport report)
    {
        _reports.Enqueue(report);
        _counts += report.Counts.Length;
        long dropped = 0;
        // The newest is kept whatever its size: a report is bounded by who makes it.
        while (_counts > CountsMax && _reports.Count > 1)
            dropped += Drop();
        return dropped;
    }

    /// <summary>The server has the oldest.</summary>
    public void Remove() => _counts -= _reports.Dequeue().Counts.Length;

    /// <summary>Nobody will take the oldest. Returns how many evaluations that were.</summary>
    public long Drop()
    {
        var lost = _reports.Peek().Evaluations;
        Remove();
        Interlocked.Add(ref _dropped, lost);
        SetpointMetrics.ExposuresDropped.Add(lost);
        return lost;
    }
}
