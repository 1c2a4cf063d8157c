using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags.Reading;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Flags.Experiments;

/// <summary>Holds the iteration of an experiment to its word: within one, subjects are assigned in one way.</summary>
/// <param name="subject">Whose experiment it is, as messages call it: <c>flag 'checkout'</c>.</param>
/// <param name="stop">What may be done at any time, as a sentence.</param>
internal sealed class ExperimentIteration(string subject, string stop, Address address, ViolationList violations)
{
    /// <param name="mayHaveRun">False: it is running, so that there are subjects. True: nobody can tell, and the writer is warned.</param>
    /// <param name="changes">What subjects would notice, in words; asked only where the iteration stays.</param>
    public void Check(FlagExperiment before, FlagExperiment after, bool mayHaveRun, Func<ImmutableArray<string>> changes)
    {
        if (before.Environment != after.Environment)
            return;
        if (after.Iteration < before.Iteration)
        {
            Warn($"The experiment of {subject} goes back from iteration {before.Iteration} to {after.Iteration}; what was observed then counts again. To begin with nobody, write one that was not there yet.");
            return;
        }

        if (after.Iteration > before.Iteration || changes() is not { IsEmpty: false } noticed)
            return;
        var what = $"The experiment of {subject} is in iteration {after.Iteration}, and this changes {string.Join(" and ", noticed)}: its subjects would be assigned in two ways, and be no sample.";
        var way = $"Raise 'iteration' to {(long)after.Iteration + 1} to begin again with nobody, or take 'experiment' out.";
        if (mayHaveRun)
            Warn($"{what} If it has had subjects: {way}");
        else
            violations.Add(address, Path, ViolationCode.ConstraintViolation, $"{what} {way} {stop}");
    }

    private static string Path => ExperimentReader.Path + "/iteration";

    private void Warn(string message) => violations.Warn(new(Path, ViolationCode.ConstraintViolation, message, address));
}
