using System.Collections.Immutable;
using Setpoint.Core.Json;

namespace Setpoint.Core.Effects;

/// <summary>What a change does in one environment, or to the base layers alone.</summary>
/// <param name="Environment">Null: the base layers alone.</param>
/// <param name="Changes">For who has no arm.</param>
/// <param name="Arms">For those whose arms make it another difference.</param>
public sealed record EnvironmentEffect(string? Environment, ImmutableArray<JsonChange> Changes, ImmutableArray<ArmChanges> Arms);

/// <summary>What a change does to the effective configurations of one namespace.</summary>
/// <param name="Environments">Those in which something was found.</param>
/// <param name="HasArms">Whether there is a running rollout before or after.</param>
public sealed record NamespaceEffect(string Namespace, ImmutableArray<EnvironmentEffect> Environments, bool HasArms)
{
    /// <summary>Changes of everybody that were found and that there was no room to tell.</summary>
    public int ChangesLeftOut { get; init; }

    /// <summary>Environments, and the base layers as one, that were not looked at: the budget was used up.</summary>
    public int EnvironmentsLeftOut { get; init; }

    /// <summary>Choices of arms, of each environment, that were not looked at or that there was no room to tell of.</summary>
    public int ArmChangesLeftOut { get; init; }

    public bool IsEmpty => Environments.IsEmpty && ChangesLeftOut == 0 && EnvironmentsLeftOut == 0 && ArmChangesLeftOut == 0;
}
