using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Experiments;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;
using Setpoint.Server.Flags;
using Setpoint.Server.Ledger;
using Setpoint.Storage;

namespace Setpoint.Server.Analytics;

/// <summary>What an experiment is made on: a flag, or a rollout of a configuration.</summary>
/// <param name="Key">Of the flag, or the id of the rollout.</param>
internal readonly record struct ExperimentSubject(string Namespace, string Key, bool IsRollout)
{
    public override string ToString() => $"{(IsRollout ? "rollout" : "flag")} '{Key}'";

    /// <summary>What the store calls it. No namespace has a slash, so a flag and a rollout of one name stay apart.</summary>
    public ExperimentId IdOf(FlagExperiment definition) =>
        new(IsRollout ? $"rollout/{Namespace}" : Namespace, Key, definition.Environment, definition.Iteration);
}

/// <summary>A flag or a rollout that is an experiment, with the share that each arm should have.</summary>
/// <param name="Shares">The control first.</param>
internal sealed record RunningExperiment(ExperimentSubject On, FlagExperiment Definition, ImmutableArray<ExperimentShare> Shares)
{
    public ExperimentId Id { get; } = On.IdOf(Definition);
}

/// <summary>The experiments of the newest snapshot.</summary>
internal sealed class RunningExperiments(SnapshotBoard board)
{
    public Result<RunningExperiment> Find(string ns, string key)
    {
        var snapshot = board.Current;
        if (snapshot.Flags().Find(ns, key) is not { } flag)
            return FlagJson.Missing(ns, key);
        return flag.Experiment is null
            ? new Fault.Missing("ExperimentNotFound", $"Flag '{key}' in namespace '{ns}' is no experiment; its document has no 'experiment'.")
            : Of(snapshot, flag, isRollout: false);
    }

    public Result<RunningExperiment> FindRollout(string ns, string id)
    {
        var snapshot = board.Current;
        if (snapshot.Rollouts().Find(ns, id) is not { } rollout)
            return SnapshotRollouts.Missing(ns, id);
        return rollout.Experiment is null
            ? new Fault.Missing("ExperimentNotFound", $"Rollout '{id}' in namespace '{ns}' is no experiment; its document has no 'experiment'.")
            : Of(snapshot, rollout.Choice, isRollout: true);
    }

    /// <summary>Flags in order of namespace and key, then rollouts likewise.</summary>
    /// <param name="ns">Null: of all namespaces.</param>
    public IEnumerable<RunningExperiment> All(string? ns)
    {
        var snapshot = board.Current;
        foreach (var one in ns is null ? snapshot.Flags().Namespaces : [ns])
        {
            foreach (var flag in snapshot.Flags().In(one).All)
            {
                // The Gate looks at a flag when it is written, and another commit may have moved its environment since: such an experiment has no arms.
                if (flag.Experiment is not null && Of(snapshot, flag, isRollout: false).TryGet(out var running, out _))
                    yield return running;
            }
        }

        foreach (var rollout in (ns is null ? snapshot.Rollouts().All : snapshot.Rollouts().In(ns) is { } own ? [own] : []).SelectMany(rollouts => rollouts.All))
        {
            if (rollout.Experiment is not null && Of(snapshot, rollout.Choice, isRollout: true).TryGet(out var running, out _))
                yield return running;
        }
    }

    private static Result<RunningExperiment> Of(Snapshot snapshot, Flag flag, bool isRollout)
    {
        var definition = flag.Experiment!;
        var chain = snapshot.Environments().ChainOf(definition.Environment);
        return ExperimentShares.Of(flag, chain).TryGet(out var shares, out var fault)
            ? new RunningExperiment(new(flag.Namespace, flag.Key, isRollout), definition, shares)
            : fault;
    }
}
