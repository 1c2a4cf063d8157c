using System.Diagnostics.Metrics;
using Setpoint.Server.Process;
using Setpoint.Storage;

namespace Setpoint.Server.Ledger;

/// <summary>Figures about writing. Safe for concurrent use.</summary>
internal sealed class LedgerMetrics
{
    private readonly Counter<long> _commits;
    private readonly Counter<long> _failures;
    private readonly Histogram<int> _groupSize;
    private readonly Histogram<double> _appendDuration;
    private readonly Histogram<double> _queueWait;

    public LedgerMetrics(ServerMeter meter)
    {
        _commits = meter.Counter("setpoint.ledger.commits", "{commit}", "Commits made by this server.");
        _failures = meter.Counter("setpoint.ledger.append_failures", "{append}", "Groups that the store did not take.");
        _groupSize = meter.Histogram<int>("setpoint.ledger.group_size", "{commit}", "Commits that shared one fsync.", [1, 2, 4, 8, 16, 32, 64, 128, 256]);
        _appendDuration = meter.Histogram<double>("setpoint.ledger.append_duration", "s", "Time to make a group durable.", ServerMeter.Seconds);
        _queueWait = meter.Histogram<double>("setpoint.ledger.queue_wait", "s", "Time a change waited for the writer.", ServerMeter.Seconds);
    }

    public void Appended(int commits, TimeSpan duration)
    {
        _commits.Add(commits);
        _groupSize.Record(commits);
        _appendDuration.Record(duration.TotalSeconds);
    }

    public void Taken(TimeSpan waited) => _queueWait.Record(waited.TotalSeconds);

    public void AppendFailed(StoreFailure failure) => _failures.Add(1, new KeyValuePair<string, object?>("failure", failure.ToString()));
}
