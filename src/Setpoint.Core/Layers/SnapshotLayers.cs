using Setpoint.Core.Ledger;
using Setpoint.Core.References;
using Setpoint.Core.Schemas;

namespace Setpoint.Core.Layers;

/// <summary>What a snapshot knows of environments, namespaces, their schemas and configurations.</summary>
public static class SnapshotLayers
{
    public static EnvironmentTree Environments(this Snapshot snapshot) => snapshot.Index<EnvironmentTree>(EnvironmentKind.KindName);

    public static NamespaceIndex Namespaces(this Snapshot snapshot) => snapshot.Index<NamespaceIndex>(NamespaceKind.KindName);

    /// <summary>Where values come from that no document of the snapshot holds.</summary>
    public static ReferenceProviders Providers(this Snapshot snapshot) =>
        snapshot.Catalog.TryFind(ConfigKind.KindName, out var kind) ? ((ConfigKind)kind).Providers : ReferenceProviders.None;

    /// <summary>The schemas of namespaces.</summary>
    public static SchemaIndex Schemas(this Snapshot snapshot) => snapshot.Index<SchemaIndex>(SchemaKind.KindName);

    public static ConfigIndex Configs(this Snapshot snapshot) => snapshot.Index<ConfigIndex>(ConfigKind.KindName);
}
