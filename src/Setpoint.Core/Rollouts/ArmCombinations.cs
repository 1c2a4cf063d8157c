using System.Collections.Immutable;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Rollouts;

/// <summary>
/// The choices of arms that contexts may come to in an environment: every arm of one rollout with every arm, or none, of the others.
/// Conditions and shares are not looked at: those that exclude each other today may not do so tomorrow.
/// </summary>
internal static class ArmCombinations
{
    /// <summary>
    /// In one environment of a namespace, no arm at all included. Every change of the namespace is checked in each of them: six rollouts with
    /// one arm that changes something, or three with three.
    /// </summary>
    public const int CountMax = 64;

    /// <summary>How many there are, no arm at all included. Arms that change nothing are no different from none.</summary>
    public static long Count(ImmutableArray<Rollout> running) =>
        running.Aggregate(1L, (product, rollout) => Math.Min(product * (rollout.Arms.Count(arm => !arm.ChangesNothing) + 1), int.MaxValue));

    /// <summary>Those with fewer arms first; without the one of no arm.</summary>
    public static ImmutableArray<ArmChoice> Of(Snapshot snapshot, string ns, string environment)
    {
        if (snapshot.Rollouts().In(ns) is not { Running.IsEmpty: false } rollouts)
            return [];
        ImmutableArray<ArmPick> none = [];
        var all = new List<ImmutableArray<ArmPick>> { none };
        foreach (var rollout in ArmSet.RunningIn(snapshot, rollouts, environment))
        {
            // Not in the loop: what is added must not be gone through again.
            var more = all.SelectMany(
                picks => rollout.Arms.Where(arm => !arm.ChangesNothing), (picks, arm) => picks.Add(new(rollout.Id, arm.Name))).ToList();
            all.AddRange(more);
        }

        return [.. all.Where(picks => !picks.IsEmpty).OrderBy(picks => picks.Length).Select(picks => new ArmChoice(ns, picks))];
    }
}
