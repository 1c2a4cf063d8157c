namespace Setpoint.Client.Flags.Exposures;

/// <summary>Reports that the server has not taken yet. Bounded: the oldest give way, and what they counted is counted as dropped. One thread.</summary>
internal sealed class ExposureQueue
{
    /// <summary>What is kept, in bytes, about.</summary>
    public const int SizeMax = 4 * 1024 * 1024;

    private const int SizeOfCount = 100;

    private readonly Queue<ExposureReport> _reports = new();
    private int _size;
    private long _dropped;

    /// <summary>Evaluations that nobody will hear of. Read from any thread.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public ExposureReport? Oldest => _reports.TryPeek(out var oldest) ? oldest : null;

    /// <summary>Adds a report; returns how many evaluations gave way.</summary>
    public long Add(ExposureReport report)
    {
        _reports.Enqueue(report);
        _size += SizeOf(report);
        long dropped = 0;
        // The newest is kept whatever its size: a report is bounded by who makes it.
        while (_size > SizeMax && _reports.Count > 1)
            dropped += Drop();
        return dropped;
    }

    /// <summary>The server has the oldest.</summary>
    public void Remove() => _size -= SizeOf(_reports.Dequeue());

    /// <summary>Nobody will take the oldest. Returns how many evaluations that were.</summary>
    public long Drop()
    {
        var lost = _reports.Peek().Evaluations;
        Remove();
        Interlocked.Add(ref _dropped, lost);
        SetpointMetrics.ExposuresDropped.Add(lost);
        return lost;
    }

    private static int SizeOf(ExposureReport report) => (report.Counts.Length * SizeOfCount) + report.Keys.Sum(keys => keys.Sketch.Length);
}
