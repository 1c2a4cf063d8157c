using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Services;
using Setpoint.Core.Templates;

namespace Setpoint.Core;

/// <summary>All kinds and rules of Setpoint: the table of contents of what a ledger may hold.</summary>
public static class StandardCatalog
{
    /// <summary>The catalog of a server without additions of its own.</summary>
    public static KindCatalog Default { get; } = Create();

    public static KindCatalog Create() => new(
        [new EnvironmentKind(), new NamespaceKind(), new ConfigKind(), new TemplateKind(), new ServiceKind()],
        []);
}
