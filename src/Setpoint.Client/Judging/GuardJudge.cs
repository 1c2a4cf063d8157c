using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Setpoint.Client.Snapshots;

namespace Setpoint.Client.Judging;

/// <summary>Asks the app's own guards.</summary>
internal sealed class GuardJudge(ImmutableArray<IConfigurationGuard> guards) : IJudge
{
    [SuppressMessage("Design", "CA1031", Justification = "A guard that throws has not agreed; that is a refusal and must not stop the follower.")]
    public void Judge(ConfigurationSnapshot candidate, ConfigurationSnapshot? accepted, List<ConfigurationFailure> failures)
    {
        foreach (var guard in guards)
        {
            var subject = guard.GetType().Name;
            try
            {
                failures.AddRange(guard.Problems(candidate.AsConfiguration()).Select(problem => new ConfigurationFailure(subject, problem)));
            }
            catch (Exception thrown)
            {
                failures.AddRange(BindingFailure.Describe(thrown).Select(message => new ConfigurationFailure(subject, message)));
            }
        }
    }
}
