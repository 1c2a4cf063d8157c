using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.References;

namespace Setpoint.Core;

/// <summary>All kinds and rules of Setpoint: the table of contents of what a ledger may hold.</summary>
public static class StandardCatalog
{
    /// <summary>The catalog of a server without additions of its own.</summary>
    public static KindCatalog Default { get; } = Create(ReferenceProviders.None);

    /// <param name="providers">Where the values of references come from that are not in the ledger.</param>
    public static KindCatalog Create(ReferenceProviders providers) => new(
        [new EnvironmentKind(), new NamespaceKind(), new ConfigKind(providers)],
        []);
}
