using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Segments;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.References;
using Setpoint.Core.Rollouts;
using Setpoint.Core.Schemas;
using Setpoint.Core.Services;
using Setpoint.Core.Templates;
using Setpoint.Core.Validation;

namespace Setpoint.Core;

/// <summary>All kinds and rules of Setpoint: the table of contents of what a ledger may hold.</summary>
public static class StandardCatalog
{
    /// <summary>The catalog of a server without additions of its own.</summary>
    public static KindCatalog Default { get; } = Create(ReferenceProviders.None);

    /// <param name="rulesInCode">Rules over every effective configuration, besides those that schemas hold.</param>
    public static KindCatalog Create(params IEnumerable<IConfigRule> rulesInCode) => Create(ReferenceProviders.None, rulesInCode);

    /// <param name="providers">Where the values of references come from that are not in the ledger.</param>
    /// <inheritdoc cref="Create(IEnumerable{IConfigRule})"/>
    public static KindCatalog Create(ReferenceProviders providers, params IEnumerable<IConfigRule> rulesInCode) => new(
        [
            new EnvironmentKind(), new NamespaceKind(), new SchemaKind(), new ConfigKind(providers),
            new SegmentKind(), new FlagKind(), new RolloutKind(), new TemplateKind(), new ServiceKind(),
        ],
        [new EffectiveConfigurationRule([.. rulesInCode]), new DraftSecretRule()]);
}
