using Setpoint.Core.Json;
using Setpoint.Server.Ledger;
using Setpoint.Storage;

namespace Setpoint.Server.Health;

/// <summary>Whether the store answers. Reads of what is current need no store, so a silent one only degrades.</summary>
internal sealed class StoreHealth(ILedgerStore store, SnapshotBoard board) : IHealthSource
{
    public string Component => "store";

    public async ValueTask<ComponentHealth> CheckAsync(CancellationToken cancellationToken)
    {
        // Before the ledger is open there is nothing to ask.
        if (board.Current.Revision == 0)
            return Of(null, "The store is not open yet.");
        try
        {
            var head = await store.ReadHeadAsync(cancellationToken);
            return Of(head.Revision, null);
        }
        catch (StoreException failure)
        {
            return Of(null, failure.Message);
        }
    }

    private static ComponentHealth Of(long? revision, string? problem)
    {
        var details = new JsonObjectBuilder(2);
        if (revision is { } head)
            details.Add("revision", head);
        return new(problem is null ? HealthStatus.Ok : HealthStatus.Degraded, details.Add("problem", problem).Build());
    }
}
