using System.Collections.Immutable;
using Setpoint.Client.Snapshots;

namespace Setpoint.Client;

/// <summary>A new configuration has replaced the previous one.</summary>
public sealed class ConfigurationUpdatedEventArgs : EventArgs
{
    private readonly Lazy<ImmutableArray<KeyChange>> _changes;

    internal ConfigurationUpdatedEventArgs(ConfigurationSnapshot before, ConfigurationSnapshot after)
    {
        Version = after.Version;
        Revision = after.Revision;
        _changes = new(() => KeyChange.Between(before, after));
    }

    /// <summary>The version of the new configuration.</summary>
    public long Version { get; }

    /// <summary>The revision at which it was seen.</summary>
    public long Revision { get; }

    /// <summary>The keys that differ, in ordinal order. Found at the first access.</summary>
    public ImmutableArray<KeyChange> Changes => _changes.Value;
}

/// <summary>An operator asked the service to reload. The configuration itself may be unchanged.</summary>
public sealed class ConfigurationReloadEventArgs(long revision) : EventArgs
{
    /// <summary>The revision at which the reload was asked for.</summary>
    public long Revision { get; } = revision;
}

/// <summary>A new configuration was refused by the app's own validation; the last good one stays.</summary>
public sealed class ConfigurationRefusedEventArgs(ConfigurationRefusal refusal) : EventArgs
{
    /// <summary>What was refused, and why.</summary>
    public ConfigurationRefusal Refusal { get; } = refusal;
}

/// <summary>What a watch reports: the changes at its key and below it.</summary>
/// <param name="Key">The key that is watched.</param>
/// <param name="Version">The version of the new configuration.</param>
/// <param name="Changes">The keys that differ, in ordinal order; never empty.</param>
public sealed record ConfigurationChange(string Key, long Version, ImmutableArray<KeyChange> Changes);
