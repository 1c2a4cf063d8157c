using Microsoft.Extensions.Configuration;

namespace Setpoint.Client;

/// <summary>
/// Judges a new configuration before it is used, for rules that no options class holds. Register implementations in the service
/// collection. Called on one thread, one after another; must not block.
/// </summary>
public interface IConfigurationGuard
{
    /// <summary>Names every problem; none means that the configuration may be used. What it throws is a refusal, too.</summary>
    /// <param name="candidate">The new configuration alone, without the app's other providers.</param>
    IEnumerable<string> Problems(IConfiguration candidate);
}
