using System.Collections.Concurrent;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;

namespace Setpoint.Server.Rollouts;

/// <summary>
/// The compiled rollouts of every namespace and environment that has some. Where there are none, asking costs a look-up. Safe for
/// concurrent use; no lock is taken.
/// </summary>
internal sealed class ArmBoard
{
    private readonly ConcurrentDictionary<(string Namespace, string Environment), ArmSet> _sets = new();

    /// <summary>Whether it matters who is asking: whether the namespace has a running rollout, wherever.</summary>
    public static bool Asks(Snapshot snapshot, string ns) => snapshot.Rollouts().In(ns) is { Running.IsEmpty: false };

    /// <summary>What decides there at this snapshot; null where no rollout is running.</summary>
    public ArmSet? SetOf(Snapshot snapshot, string ns, string environment)
    {
        if (!Asks(snapshot, ns))
            return null;
        _sets.TryGetValue((ns, environment), out var kept);
        if (kept?.HoldsAt(snapshot) == true)
            return kept;
        // Two may compile at once; both come to the same. Where two snapshots are asked for in turns, which a commit ends soon, each is right.
        var set = ArmSet.Of(snapshot, ns, environment, kept);
        if (set is null)
            _sets.TryRemove((ns, environment), out _);
        else
            _sets[(ns, environment)] = set;
        return set;
    }

    /// <summary>The arms of who is asking; null if there are none.</summary>
    /// <param name="environment">Null: base layers only, where no rollout applies.</param>
    /// <param name="audience">Null: nobody in particular.</param>
    public ArmChoice? Choose(Snapshot snapshot, string ns, string? environment, Audience? audience) =>
        environment is null || audience is null ? null : SetOf(snapshot, ns, environment)?.Choose(audience.Context);

    /// <summary>The same at a snapshot of the past, of which nothing is kept.</summary>
    public static ArmChoice? ChooseThen(Snapshot past, string ns, string? environment, Audience? audience) =>
        environment is null || audience is null ? null : ArmSet.Of(past, ns, environment)?.Choose(audience.Context);
}
