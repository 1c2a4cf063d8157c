using System.Collections.Immutable;
using System.Globalization;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags.Reading;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Flags.Experiments;

/// <summary>The arms of every experiment that a commit touches are known, and within one iteration subjects are assigned in one way.</summary>
/// <remarks>
/// A change of shares in the middle mixes subjects of two proportions: the means of the arms then differ where nothing does (Simpson's
/// paradox), and the sample-ratio check finds a fault where somebody planned one. It is refused and not warned of, because nothing can make
/// a sample of it later; what has to be quick, turning the flag off, is no such change.
/// </remarks>
internal sealed class ExperimentRule : Rule
{
    public override void Check(RuleContext context, ViolationList violations)
    {
        foreach (var change in context.Changes)
        {
            switch (change.Address.Kind)
            {
                case FlagKind.KindName when change.After.Exists && !context.Refused.Contains(change.Address):
                    Check(context, context.Candidate.Flags().Find(change.Address.Segments[1], change.Address.Segments[2])!, violations);
                    break;
                case EnvironmentKind.KindName when change.After.Exists && change.Before is not null:
                    CheckBelow(context, change.Address.Segments[1], violations);
                    break;
            }
        }
    }

    /// <summary>An environment that gets another parent inherits other splits, and so do those below it. Seldom enough to look at every flag.</summary>
    private static void CheckBelow(RuleContext context, string environment, ViolationList violations)
    {
        var tree = context.Candidate.Environments();
        var written = context.Changes.Select(change => change.Address).ToHashSet();
        foreach (var flag in context.Candidate.Flags().Namespaces.SelectMany(ns => context.Candidate.Flags().In(ns).All))
        {
            if (flag.Experiment is { } experiment && tree.ChainOf(experiment.Environment).Contains(environment) && !written.Contains(FlagKind.AddressOf(flag.Namespace, flag.Key)))
                Check(context, flag, violations);
        }
    }

    private static void Check(RuleContext context, Flag flag, ViolationList violations)
    {
        // An environment that is not there is reported with the others that the flag names.
        if (flag.Experiment is not { } experiment || !context.Candidate.Environments().Contains(experiment.Environment))
            return;
        var address = FlagKind.AddressOf(flag.Namespace, flag.Key);
        var chain = context.Candidate.Environments().ChainOf(experiment.Environment);
        if (!ExperimentShares.Of(flag, chain).TryGet(out var arms, out var fault))
        {
            foreach (var violation in ((Fault.Invalid)fault).Violations)
                violations.Add(violation with { Address = address });
            return;
        }

        var settings = flag.SettingsIn(chain);
        var known = violations.Count;
        CheckPhases(flag, settings, arms, context.Now, address, violations);
        if (violations.Count == known)
            CheckIteration(context, flag, ExperimentAssignment.Of(flag, settings, SplitAt(settings, context.Now), arms), address, violations);
    }

    /// <summary>A schedule may let more subjects in, and not assign them otherwise.</summary>
    private static void CheckPhases(
        Flag flag, FlagSettings settings, ImmutableArray<ExperimentShare> arms, DateTimeOffset now, Address address, ViolationList violations)
    {
        // Where rules have splits of their own, nobody can tell which of them the experiment is about.
        if (settings.Decision is FlagDecision.Rules rules && rules.Clauses.Any(clause => clause.Split is not null))
            return;
        FlagSplit? first = null;
        foreach (var (step, split) in FromNow(settings, now))
        {
            var isFirst = first is null;
            first ??= split;
            var phase = ExperimentAssignment.Of(flag, settings, split, arms);
            var wrong = phase.SplitChanges(first, split, "").ToList();
            if (phase.Disproportion() is { } disproportion)
                wrong.Add($"the shares of the arms, to {disproportion}");
            if (wrong.Count == 0)
                continue;
            if (step is null || isFirst)
            {
                violations.Add(address, ExperimentReader.Path + "/weights", ViolationCode.ConstraintViolation,
                    $"The experiment's weights are not what the split serves: {phase.Disproportion()}. Leave 'weights' out, or make them agree.");
            }
            else
            {
                violations.Add(address, ExperimentReader.Path, ViolationCode.ConstraintViolation,
                    $"The step of {step.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)} changes {string.Join(" and ", wrong)}, in the middle of iteration {flag.Experiment!.Iteration}. "
                    + "A step may let more subjects in: write 'weights' of the arms, and let those outside of the percentage get a variant that is none of them, or none.");
            }

            return;
        }
    }

    private static void CheckIteration(RuleContext context, Flag flag, ExperimentAssignment after, Address address, ViolationList violations)
    {
        if (context.Before.Flags().Find(flag.Namespace, flag.Key) is not { Experiment: { } running } before)
            return;
        new ExperimentIteration($"flag '{flag.Key}'", "Turning the flag off takes neither.", address, violations)
            .Check(running, flag.Experiment!, mayHaveRun: false, Changes);

        ImmutableArray<string> Changes()
        {
            var chain = context.Before.Environments().ChainOf(running.Environment);
            // What could not be judged before has no subjects that are to stay comparable.
            if (!ExperimentShares.Of(before, chain).TryGet(out var arms, out _))
                return [];
            var settings = before.SettingsIn(chain);
            return [.. ExperimentAssignment.Of(before, settings, SplitAt(settings, context.Now), arms).ChangesTo(after)];
        }
    }

    private static FlagSplit? SplitAt(FlagSettings settings, DateTimeOffset now) =>
        ExperimentAssignment.Phases(settings).Where(phase => phase.Step is null || phase.Step.At <= now).Select(phase => phase.Split).LastOrDefault();

    /// <summary>What holds now and what will; what a step has ended assigns nobody any more.</summary>
    private static IEnumerable<(FlagStep? Step, FlagSplit Split)> FromNow(FlagSettings settings, DateTimeOffset now)
    {
        var phases = ExperimentAssignment.Phases(settings).ToList();
        return phases.Skip(Math.Max(0, phases.FindLastIndex(phase => phase.Step is null || phase.Step.At <= now)));
    }
}
