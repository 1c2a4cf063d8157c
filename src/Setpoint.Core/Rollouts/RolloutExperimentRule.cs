using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Experiments;
using Setpoint.Core.Flags.Reading;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Schemas;

namespace Setpoint.Core.Rollouts;

/// <summary>
/// Within one iteration of an experiment the arms are what they were, and subjects get them in one way. Who may get an arm at all, the
/// condition and the percentage, may change: whoever is in both gets the same.
/// </summary>
internal sealed class RolloutExperimentRule : Rule
{
    public override void Check(RuleContext context, ViolationList violations)
    {
        foreach (var change in context.Changes)
        {
            if (change.Address.Kind != RolloutKind.KindName || !change.After.Exists || context.Refused.Contains(change.Address))
                continue;
            var after = context.Candidate.Rollouts().Find(change.Address.Segments[1], change.Address.Segments[2])!;
            if (after.Experiment is not { } experiment)
                continue;
            CheckWeights(context.Candidate, after, change.Address, violations);
            var before = context.Before.Rollouts().Find(after.Namespace, after.Id);
            if (before?.Experiment is not { } was)
                continue;
            new ExperimentIteration($"{change.Address}", "Stopping the rollout takes neither.", change.Address, violations)
                .Check(was, experiment, mayHaveRun: !before.IsRunning || IsMigrated(context, after.Namespace), () => Changes(context, before, after));
        }
    }

    /// <summary>A schema that migrates what is stored migrates arms, and keeps what they mean: whoever says so is told, and not held up.</summary>
    private static bool IsMigrated(RuleContext context, string ns) =>
        context.Changes.Any(change => change.Address.Kind == SchemaKind.KindName && change.Address.Segments[1] == ns);

    private static void CheckWeights(Snapshot candidate, Rollout rollout, Address address, ViolationList violations)
    {
        if (AssignmentOf(candidate, rollout)?.Disproportion() is { } disproportion)
        {
            violations.Add(address, ExperimentReader.Path + "/weights", ViolationCode.ConstraintViolation,
                $"The experiment's weights are not what the split serves: {disproportion}. Leave 'weights' out, or make them agree.");
        }
    }

    private static ImmutableArray<string> Changes(RuleContext context, Rollout before, Rollout after)
    {
        // What cannot be judged is reported with what else is wrong, and had no subjects before.
        if (AssignmentOf(context.Before, before) is not { } was || AssignmentOf(context.Candidate, after) is not { } will)
            return [];
        return [.. was.ChangesTo(will), .. before.Arms.Where(arm => after.Find(arm.Name) is { } other && other.Fingerprint != arm.Fingerprint).Select(arm => $"the configuration of arm '{arm.Name}'")];
    }

    private static ExperimentAssignment? AssignmentOf(Snapshot snapshot, Rollout rollout)
    {
        var chain = snapshot.Environments().ChainOf(rollout.Experiment!.Environment);
        if (!ExperimentShares.Of(rollout.Choice, chain).TryGet(out var shares, out _))
            return null;
        // The condition says who may get an arm, and not which.
        var settings = rollout.Choice.Settings with { Decision = new FlagDecision.Rules("", [], rollout.Split) };
        return ExperimentAssignment.Of(rollout.Choice, settings, rollout.Split, shares);
    }
}
