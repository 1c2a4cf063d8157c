using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;

namespace Setpoint.Core.Effects;

/// <summary>What a change does to those in some arms.</summary>
/// <param name="Picks">In order of the rollouts' ids.</param>
/// <param name="Changes">Empty: the arms hide what changes for everybody else.</param>
public sealed record ArmChanges(ImmutableArray<ArmPick> Picks, ImmutableArray<JsonChange> Changes);

/// <summary>What a change of the ledger does to the effective configurations of those in arms, in one environment.</summary>
/// <param name="Arms">
/// Those that are told apart from everybody, fewer arms first. One arm is listed if its configuration changes otherwise; several together if
/// something changes that none of them changes with fewer.
/// </param>
/// <param name="LeftOut">Choices of arms that were not looked at, or that there was no room to tell of.</param>
/// <param name="HasArms">Whether there is a running rollout before or after.</param>
public sealed record ArmDifference(ImmutableArray<ArmChanges> Arms, int LeftOut, bool HasArms)
{
    /// <summary>Compares. Where references lead nowhere there is no configuration, and so no difference to one.</summary>
    /// <param name="everybody">What changes for who has no arm.</param>
    /// <exception cref="OperationCanceledException">Nobody wants to know any more.</exception>
    public static ArmDifference Between(
        Snapshot before, Snapshot after, string ns, ResolveContext context, ImmutableArray<JsonChange> everybody, EffectBudget budget, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(budget);
        return Of(new(before, after, ns, budget, cancellationToken), context, everybody);
    }

    /// <remarks>
    /// 1. The choices of arms that may come before or after are gone through; one that a side does not have is none there, as for whoever
    /// falls into an arm when a rollout starts. 2. At most as many as the Gate lets come together in an environment; what has more arms is left out first.
    /// </remarks>
    /// <param name="everybody">Null: nobody knows, and so nothing can be told apart from it.</param>
    internal static ArmDifference Of(ViewComparison views, ResolveContext context, ImmutableArray<JsonChange>? everybody)
    {
        if (context.Environment is not { } environment)
            return new([], 0, HasArms: false);
        var (old, now) = (RunningIn(views.Before, views.Namespace, environment), RunningIn(views.After, views.Namespace, environment));
        if (old.IsEmpty && now.IsEmpty)
            return new([], 0, HasArms: false);

        ImmutableArray<Rollout> running = [.. old, .. now];
        var choices = ArmCombinations.Of(running, out var leftOut);
        if (everybody is not { } common)
            return new([], leftOut + choices.Length, HasArms: true);

        var told = ImmutableArray.CreateBuilder<ArmChanges>();
        var seen = new SeenChanges(common);
        foreach (var picks in choices)
        {
            var found = views.Of(context, Present(views.Namespace, picks, old), Present(views.Namespace, picks, now));
            if (!found.IsKnown || !seen.KnowsFewerThan(picks))
            {
                leftOut++;
                continue;
            }

            var changes = seen.Add(picks, found.Changes ?? common);
            if (found.Changes is null || !seen.IsNews(picks, changes))
                continue;
            var news = new ArmChanges(picks, changes);
            if (views.Budget.TryTake(news))
                told.Add(news);
            else
                leftOut++;
        }

        return new(told.ToImmutable(), leftOut, HasArms: true);
    }

    internal static bool HasArmsIn(Snapshot snapshot, string ns, string environment) => !RunningIn(snapshot, ns, environment).IsEmpty;

    private static ImmutableArray<Rollout> RunningIn(Snapshot snapshot, string ns, string environment) =>
        snapshot.Rollouts().In(ns) is { } rollouts ? ArmSet.RunningIn(snapshot, rollouts, environment) : [];

    /// <summary>The arms that there are on one side; null for none.</summary>
    private static ArmChoice? Present(string ns, ImmutableArray<ArmPick> picks, ImmutableArray<Rollout> running)
    {
        ImmutableArray<ArmPick> present = [.. picks.Where(pick => running.Any(rollout => rollout.Id == pick.Rollout && rollout.Find(pick.Arm) is not null))];
        return present.IsEmpty ? null : new(ns, present);
    }
}
