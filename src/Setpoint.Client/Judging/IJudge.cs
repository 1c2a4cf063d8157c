using Setpoint.Client.Snapshots;

namespace Setpoint.Client.Judging;

/// <summary>Looks at a candidate before it is used. Called on the publisher's thread with the candidate pinned to it.</summary>
internal interface IJudge
{
    /// <summary>Adds every failure that the candidate has; none means that it may be used.</summary>
    /// <param name="candidate">What would become current.</param>
    /// <param name="accepted">What is current and was accepted; null before the first was.</param>
    /// <param name="failures">Takes the failures.</param>
    void Judge(ConfigurationSnapshot candidate, ConfigurationSnapshot? accepted, List<ConfigurationFailure> failures);
}
