using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Server.Flags;
using Setpoint.Server.Ledger;
using Setpoint.Storage;

namespace Setpoint.Server.Analytics;

/// <summary>A flag that is an experiment, with the share that each arm should have.</summary>
/// <param name="Shares">The control first.</param>
internal sealed record RunningExperiment(ExperimentId Id, Flag Flag, FlagExperiment Definition, ImmutableArray<ExperimentShare> Shares);

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
            : Of(snapshot, flag);
    }

    /// <summary>In order of namespace and key.</summary>
    /// <param name="ns">Null: of all namespaces.</param>
    public IEnumerable<RunningExperiment> All(string? ns)
    {
        var snapshot = board.Current;
        foreach (var one in ns is null ? snapshot.Flags().Namespaces : [ns])
        {
            foreach (var flag in snapshot.Flags().In(one).All)
            {
                // The Gate looks at a flag when it is written, and another commit may have moved its environment since: such an experiment has no arms.
                if (flag.Experiment is not null && Of(snapshot, flag).TryGet(out var running, out _))
                    yield return running;
            }
        }
    }

    private static Result<RunningExperiment> Of(Snapshot snapshot, Flag flag)
    {
        var definition = flag.Experiment!;
        var chain = snapshot.Environments().ChainOf(definition.Environment);
        return ExperimentShares.Of(flag, chain).TryGet(out var shares, out var fault)
            ? new RunningExperiment(new(flag.Namespace, flag.Key, definition.Environment, definition.Iteration), flag, definition, shares)
            : fault;
    }
}
