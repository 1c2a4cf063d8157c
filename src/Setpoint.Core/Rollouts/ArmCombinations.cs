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
    public static ImmutableArray<ArmChoice> Of(Snapshot snapshot, string ns, string environment) =>
        snapshot.Rollouts().In(ns) is { Running.IsEmpty: false } rollouts
            ? [.. Of(ArmSet.RunningIn(snapshot, rollouts, environment), out _).Select(picks => new ArmChoice(ns, picks))]
            : [];

    /// <summary>
    /// Those with fewer arms first; without the one of no arm. A rollout may be given twice, as it was and as it will be: it has the arms of both.
    /// </summary>
    /// <param name="leftOut">How many there are beyond <see cref="CountMax"/>, which only different times have together.</param>
    public static ImmutableArray<ImmutableArray<ArmPick>> Of(ImmutableArray<Rollout> running, out int leftOut)
    {
        ImmutableArray<ArmPick> none = [];
        ImmutableArray<ImmutableArray<ArmPick>> all = [none];
        var count = 1L;
        foreach (var rollout in running.GroupBy(rollout => rollout.Id, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var arms = rollout.SelectMany(one => one.Arms).Where(arm => !arm.ChangesNothing).Select(arm => arm.Name).Distinct(StringComparer.Ordinal).ToList();
            count = Math.Min(count * (arms.Count + 1), int.MaxValue);
            // A stable order: what has fewer arms stays before what is made of it.
            all = [.. all.Concat(all.SelectMany(picks => arms, (picks, arm) => picks.Add(new(rollout.Key, arm)))).OrderBy(picks => picks.Length).Take(CountMax)];
        }

        leftOut = (int)(count - all.Length);
        return all.RemoveAt(0);
    }
}
