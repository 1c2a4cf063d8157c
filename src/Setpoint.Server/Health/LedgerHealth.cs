using Setpoint.Core.Json;
using Setpoint.Server.Ledger;

namespace Setpoint.Server.Health;

/// <summary>Whether there is a snapshot to read from, and whether changes are taken.</summary>
internal sealed class LedgerHealth(SnapshotBoard board, LedgerWriter writer) : IHealthSource
{
    public string Component => "ledger";

    public ValueTask<ComponentHealth> CheckAsync(CancellationToken cancellationToken)
    {
        // The first commit is made while opening, so a ledger without one is not open.
        var revision = board.Current.Revision;
        var problem = revision == 0 ? "The ledger is not open yet." : writer.Problem;
        var status = revision == 0 ? HealthStatus.Unavailable : problem is null ? HealthStatus.Ok : HealthStatus.Degraded;
        return ValueTask.FromResult(new ComponentHealth(status, new JsonObjectBuilder(3)
            .Add("revision", revision)
            .Add("writable", problem is null)
            .Add("problem", problem)
            .Build()));
    }
}
