using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;

namespace Setpoint.Server.Rollouts;

/// <summary>Who gets which arm. Pure: the same snapshot and audience give the same arms. Where there are no rollouts, asking costs a look-up.</summary>
internal static class Arms
{
    /// <summary>Whether it matters who is asking: whether the namespace has a running rollout, wherever.</summary>
    public static bool Ask(Snapshot snapshot, string ns) => snapshot.Rollouts().In(ns) is { Running.IsEmpty: false };

    /// <summary>The arms of who is asking; null if there are none.</summary>
    /// <param name="environment">Null: base layers only, where no rollout applies.</param>
    /// <param name="audience">Null: nobody in particular.</param>
    public static ArmChoice? Of(Snapshot snapshot, string ns, string? environment, Audience? audience) =>
        environment is null || audience is null ? null : ArmSet.Of(snapshot, ns, environment)?.Choose(audience.Context);
}
