using Setpoint.Core.Faults;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Rollouts;

/// <summary>What a snapshot knows of rollouts.</summary>
public static class SnapshotRollouts
{
    public static RolloutIndex Rollouts(this Snapshot snapshot) => snapshot.Index<RolloutIndex>(RolloutKind.KindName);

    public static Fault Missing(string ns, string id) => new Fault.Missing("RolloutNotFound", $"There is no rollout '{id}' in namespace '{ns}'.");
}
