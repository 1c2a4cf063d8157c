namespace Setpoint.Client.Snapshots;

/// <summary>Holds the snapshot that readers see. Any thread may read; only the publisher replaces.</summary>
internal sealed class SnapshotBoard
{
    private ConfigurationSnapshot _current = ConfigurationSnapshot.Empty;

    public ConfigurationSnapshot Current => Volatile.Read(ref _current);

    /// <summary>What this thread sees: the snapshot pinned to it while it binds or judges, else the current one.</summary>
    public ConfigurationSnapshot Visible => PinnedSnapshot.Any ? PinnedSnapshot.For(this) ?? Current : Current;

    public void Replace(ConfigurationSnapshot next) => Volatile.Write(ref _current, next);
}
