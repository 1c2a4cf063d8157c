using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Rollouts;

/// <summary>What a change does to those in some arms.</summary>
/// <param name="Picks">In order of the rollouts' ids.</param>
/// <param name="Changes">Empty: the arms hide what changes for everybody else.</param>
public sealed record ArmChanges(ImmutableArray<ArmPick> Picks, ImmutableArray<JsonChange> Changes);

/// <summary>What a change of the ledger does to an effective configuration in an environment: for everybody, and for those in arms.</summary>
/// <param name="Everybody">Who has no arm.</param>
/// <param name="Arms">
/// Those that are told apart from everybody, fewer arms first. One arm is listed if its configuration changes otherwise; several together if
/// something changes that none of them changes with fewer.
/// </param>
/// <param name="HasArms">Whether there is a running rollout before or after.</param>
public sealed record ArmDifference(ImmutableArray<JsonChange> Everybody, ImmutableArray<ArmChanges> Arms, bool HasArms)
{
    /// <summary>Compares. Where references lead nowhere there is no configuration, and so no difference to one.</summary>
    /// <remarks>
    /// 1. The choices of arms that may come before or after are gone through; one that a side does not have is none there, as for whoever
    /// falls into an arm when a rollout starts. 2. At most as many as the Gate lets come together in an environment; what has more arms is left out first.
    /// </remarks>
    public static ArmDifference Between(Snapshot before, Snapshot after, string ns, ResolveContext context)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var everybody = Compare(before, after, ns, context) ?? [];
        if (context.Environment is not { } environment)
            return new(everybody, [], HasArms: false);
        var (old, now) = (RunningIn(before, ns, environment), RunningIn(after, ns, environment));
        if (old.IsEmpty && now.IsEmpty)
            return new(everybody, [], HasArms: false);

        var told = ImmutableArray.CreateBuilder<ArmChanges>();
        var seen = new Dictionary<string, ImmutableArray<JsonChange>>(StringComparer.Ordinal);
        foreach (var picks in Choices([.. old, .. now]))
        {
            var found = Compare(before, after, ns, context, Present(ns, picks, old), Present(ns, picks, now));
            seen[KeyOf(picks)] = found ?? everybody;
            if (found is { } changes && IsNews(picks, changes, everybody, seen))
                told.Add(new(picks, changes));
        }

        return new(everybody, told.ToImmutable(), HasArms: true);
    }

    private static ImmutableArray<Rollout> RunningIn(Snapshot snapshot, string ns, string environment) =>
        snapshot.Rollouts().In(ns) is { } rollouts ? ArmSet.RunningIn(snapshot, rollouts, environment) : [];

    private static ImmutableArray<ImmutableArray<ArmPick>> Choices(ImmutableArray<Rollout> running)
    {
        var all = new List<ImmutableArray<ArmPick>> { ImmutableArray<ArmPick>.Empty };
        foreach (var rollout in running.GroupBy(rollout => rollout.Id, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var arms = rollout.SelectMany(one => one.Arms).Where(arm => !arm.ChangesNothing).Select(arm => arm.Name).Distinct(StringComparer.Ordinal).ToList();
            all.AddRange(all.SelectMany(picks => arms, (picks, arm) => picks.Add(new(rollout.Key, arm))).ToList());
            // A stable order: what has fewer arms stays before what is made of it.
            all = [.. all.OrderBy(picks => picks.Length).Take(ArmCombinations.CountMax)];
        }

        return [.. all.Where(picks => !picks.IsEmpty)];
    }

    /// <summary>The arms that there are on one side; null for none.</summary>
    private static ArmChoice? Present(string ns, ImmutableArray<ArmPick> picks, ImmutableArray<Rollout> running)
    {
        ImmutableArray<ArmPick> present = [.. picks.Where(pick => running.Any(rollout => rollout.Id == pick.Rollout && rollout.Find(pick.Arm) is not null))];
        return present.IsEmpty ? null : new(ns, present);
    }

    private static bool IsNews(
        ImmutableArray<ArmPick> picks, ImmutableArray<JsonChange> changes, ImmutableArray<JsonChange> everybody, Dictionary<string, ImmutableArray<JsonChange>> seen)
    {
        if (picks.Length == 1)
            return !changes.SequenceEqual(everybody);
        var known = new HashSet<JsonChange>();
        foreach (var pick in picks)
            known.UnionWith(seen.GetValueOrDefault(KeyOf(picks.Remove(pick)), []));
        return changes.Any(change => !known.Contains(change));
    }

    // Neither names of rollouts nor of arms hold a blank.
    private static string KeyOf(ImmutableArray<ArmPick> picks) => string.Join(' ', picks.Select(pick => $"{pick.Rollout} {pick.Arm}"));

    private static ImmutableArray<JsonChange>? Compare(
        Snapshot before, Snapshot after, string ns, ResolveContext context, ArmChoice? armsBefore = null, ArmChoice? armsAfter = null)
    {
        var from = EffectiveConfiguration.Resolve(before, ns, context with { Arms = armsBefore });
        var to = EffectiveConfiguration.Resolve(after, ns, context with { Arms = armsAfter });
        return from.Problems.IsEmpty && to.Problems.IsEmpty ? JsonDiff.Compare(from.Config, to.Config) : null;
    }
}
