using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Evaluation;
using Setpoint.Core.Flags.Experiments;
using Setpoint.Core.Flags.Reading;
using Setpoint.Core.Flags.Segments;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rules;

namespace Setpoint.Core.Rollouts;

/// <summary>Conditions compile and read no clock, and what rollouts name exists and goes on existing. It looks at what the commit touches.</summary>
internal sealed class RolloutRule : Rule
{
    // What a segment is does not matter for whether an expression that names it is one.
    private static readonly ConstantNode AnySegment = new(LogicValue.Of(true));

    public override void Check(RuleContext context, ViolationList violations)
    {
        foreach (var change in context.Changes)
        {
            switch (change.Address.Kind)
            {
                case RolloutKind.KindName when change.After.Exists:
                    CheckRollout(context.Candidate, context.Candidate.Rollouts().Find(change.Address.Segments[1], change.Address.Segments[2])!, change.Address, violations);
                    break;
                case SegmentKind.KindName:
                    CheckSegment(context.Candidate, change, violations);
                    break;
                case EnvironmentKind.KindName when change.After.Exists && change.Before is not null:
                    CheckMoved(context, change.Address, violations);
                    break;
                case EnvironmentKind.KindName when !change.After.Exists:
                    Refuse(change.Address, $"Environment '{change.Address.Segments[1]}' is named by",
                        context.Candidate.Rollouts().UsersOfEnvironment(change.Address.Segments[1]), "take it out of them first", violations);
                    break;
                case NamespaceKind.KindName when !change.After.Exists:
                    var left = (context.Candidate.Rollouts().In(change.Address.Segments[1])?.All ?? []).Select(rollout => rollout.Document!.Address.Text);
                    Refuse(change.Address, $"Namespace '{change.Address.Segments[1]}' still has", [.. left],
                        "remove them in the same commit (DELETE with all=true does)", violations);
                    break;
            }
        }
    }

    /// <summary>An environment that gets another parent may leave what a rollout is about. Seldom enough to look at every rollout.</summary>
    private static void CheckMoved(RuleContext context, Address address, ViolationList violations)
    {
        var tree = context.Candidate.Environments();
        foreach (var rollout in context.Candidate.Rollouts().All.SelectMany(one => one.Running))
        {
            if (rollout.Experiment is { } experiment && tree.ChainOf(experiment.Environment).Contains(address.Segments[1], StringComparer.Ordinal)
                && !rollout.AppliesIn(tree.ChainOf(experiment.Environment)))
            {
                violations.Add(address, "/parent", ViolationCode.ConstraintViolation,
                    $"{rollout.Document!.Address} would no longer apply in '{experiment.Environment}', where its experiment runs. Stop it first, or name that environment in it.");
            }
        }
    }

    private static void CheckRollout(Snapshot candidate, Rollout rollout, Address address, ViolationList violations)
    {
        if (!candidate.Namespaces().Contains(rollout.Namespace))
        {
            violations.Add(address, "", ViolationCode.UnknownReference,
                $"{address} belongs to namespace '{rollout.Namespace}', which does not exist. Give the namespace a configuration first, or in the same commit.");
        }

        foreach (var (i, name) in rollout.Environments.Index())
        {
            if (!candidate.Environments().Contains(name))
                violations.Add(address, $"/environments/{i}", ViolationCode.UnknownReference, UnknownEnvironment(name));
        }

        CheckCondition(candidate, rollout, address, violations);
        CheckExperiment(candidate, rollout, address, violations);
    }

    private static void CheckCondition(Snapshot candidate, Rollout rollout, Address address, ViolationList violations)
    {
        if (rollout.When is not { } when)
            return;
        var options = FlagLogic.Condition(FlagLogic.Targeting(
            rollout.Id, slots: null, key => candidate.Segments().Find(rollout.Namespace, key) is null ? null : AnySegment));
        if (!JsonLogic.Compile(when, options).TryGet(out var logic, out var fault))
        {
            foreach (var violation in ((Fault.Invalid)fault).Violations)
                violations.Add(address, "/when" + violation.Path, violation.Code, violation.Message);
            return;
        }

        if (logic.Variables.FirstOrDefault(path => path.StartsWith("$flagd", StringComparison.Ordinal)) is { } added)
        {
            violations.Add(address, "/when", ViolationCode.ConstraintViolation,
                $"'when' reads '{added}', which a rollout does not have: arms change by commits, which subscribers are told of, and not by the clock. Change 'state' when it is time.");
        }

        foreach (var key in rollout.Choice.Segments)
        {
            // Whatever has moved under it meanwhile, it can be stopped.
            if (rollout.IsRunning && candidate.Segments().Find(rollout.Namespace, key) is { } segment && ReadsTime(segment))
                violations.Add(address, "/when", ViolationCode.ConstraintViolation, $"{ReadsTimeOf(segment)} Name another one.");
        }
    }

    private static void CheckExperiment(Snapshot candidate, Rollout rollout, Address address, ViolationList violations)
    {
        if (rollout.Experiment is not { } experiment)
            return;
        var chain = candidate.Environments().ChainOf(experiment.Environment);
        if (chain.IsEmpty)
            violations.Add(address, ExperimentReader.Path + "/environment", ViolationCode.UnknownReference, UnknownEnvironment(experiment.Environment));
        else if (rollout.IsRunning && !rollout.AppliesIn(chain))
        {
            violations.Add(address, ExperimentReader.Path + "/environment", ViolationCode.ConstraintViolation,
                $"The experiment runs in '{experiment.Environment}', and the rollout applies in {Phrase.List(rollout.Environments)} only; name one of these, or one below them.");
        }
        else if (!ExperimentShares.Of(rollout.Choice, chain).TryGet(out _, out var fault))
        {
            foreach (var violation in ((Fault.Invalid)fault).Violations)
                violations.Add(address, violation.Path, violation.Code, violation.Message);
        }
    }

    private static void CheckSegment(Snapshot candidate, DocumentChange change, ViolationList violations)
    {
        var key = change.Address.Segments[2];
        var users = candidate.Rollouts().UsersOfSegment(key);
        if (users.IsEmpty)
            return;
        var meant = users.Select(user => (User: user, Segment: candidate.Segments().Find(Address.Parse(user).Segments[1], key))).ToList();
        Refuse(change.Address, $"Segment '{key}' is named in the conditions of", [.. meant.Where(one => one.Segment is null).Select(one => one.User)],
            "take it out of them first", violations);
        // Only who is told of this commit has a condition that it changes.
        if (meant.Find(one => one.Segment is { } segment && ReadsTime(segment)) is { Segment: { } clock } found)
            violations.Add(change.Address, "/when", ViolationCode.ConstraintViolation, $"{ReadsTimeOf(clock)} {found.User} names it.");
    }

    private static bool ReadsTime(Segment segment) =>
        segment.When is { } when && JsonLogic.Compile(when, FlagLogic.Segment(slots: null)).TryGet(out var logic, out _)
        && logic.Variables.Any(path => path.StartsWith("$flagd", StringComparison.Ordinal));

    private static string ReadsTimeOf(Segment segment) =>
        $"Segment '{segment.Key}' reads the clock, which a rollout may not: its arms change by commits, which subscribers are told of.";

    private static string UnknownEnvironment(string name) =>
        $"Environment '{FlagKeys.Clip(name)}' does not exist. GET /api/environments lists those that do.";

    private static void Refuse(Address address, string what, IReadOnlyList<string> users, string wayOut, ViolationList violations)
    {
        if (users.Count > 0)
            violations.Add(address, "", ViolationCode.ConstraintViolation, $"{what} {Phrase.List(users)}; {wayOut}.");
    }
}
