using Setpoint.Core.Ledger;

namespace Setpoint.Core.Layers;

/// <summary>What a snapshot knows of environments, namespaces and configurations.</summary>
public static class SnapshotLayers
{
    public static EnvironmentTree Environments(this Snapshot snapshot) => snapshot.Index<EnvironmentTree>(EnvironmentKind.KindName);

    public static NamespaceIndex Namespaces(this Snapshot snapshot) => snapshot.Index<NamespaceIndex>(NamespaceKind.KindName);

    public static ConfigIndex Configs(this Snapshot snapshot) => snapshot.Index<ConfigIndex>(ConfigKind.KindName);
}
