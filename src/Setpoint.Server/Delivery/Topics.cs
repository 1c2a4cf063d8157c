using System.Collections.Immutable;
using Setpoint.Core.Faults;

namespace Setpoint.Server.Delivery;

/// <summary>What a subscriber wants to hear of.</summary>
[Flags]
internal enum Topics
{
    None = 0,
    ConfigUpdates = 1,
    FeatureFlags = 2,
    All = ConfigUpdates | FeatureFlags,
}

/// <summary>Reads the names of topics.</summary>
internal static class TopicNames
{
    private const string ConfigUpdates = "config-updates";
    private const string FeatureFlags = "feature-flags";

    /// <param name="names">None at all means everything.</param>
    public static Result<Topics> Parse(ImmutableArray<string> names)
    {
        var topics = Topics.None;
        foreach (var name in names)
        {
            switch (name)
            {
                case ConfigUpdates: topics |= Topics.ConfigUpdates; break;
                case FeatureFlags: topics |= Topics.FeatureFlags; break;
                default:
                    return new Fault.Malformed($"'subscriptions' has '{name}'; known are {ConfigUpdates} and {FeatureFlags}.");
            }
        }

        return topics == Topics.None ? Topics.All : topics;
    }
}
