using System.Collections.Immutable;
using Setpoint.Client.Snapshots;

namespace Setpoint.Client;

/// <summary>One configuration key whose value differs between two configurations.</summary>
/// <param name="Key">The flat key, for example <c>email:smtp:port</c>.</param>
/// <param name="Previous">The text before; null if it was null or absent.</param>
/// <param name="Current">The text now; null if it is null or absent.</param>
public sealed record KeyChange(string Key, string? Previous, string? Current)
{
    internal static ImmutableArray<KeyChange> Between(ConfigurationSnapshot before, ConfigurationSnapshot after)
    {
        var changes = ImmutableArray.CreateBuilder<KeyChange>();
        foreach (var (key, value) in after.Values)
        {
            var existed = before.Values.TryGetValue(key, out var previous);
            if (!existed || !string.Equals(previous, value, StringComparison.Ordinal))
                changes.Add(new(key, previous, value));
        }

        foreach (var (key, value) in before.Values)
        {
            if (!after.Values.ContainsKey(key))
                changes.Add(new(key, value, null));
        }

        changes.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        return changes.ToImmutable();
    }
}
