using Setpoint.Core.Rollouts;

namespace Setpoint.Core.Layers;

/// <summary>For whom a configuration is resolved.</summary>
/// <param name="Environment">Null: only base layers apply.</param>
/// <param name="User">Null: no user layer applies.</param>
/// <param name="WithoutRuntime">As it will be when the runtime override has ended.</param>
public readonly record struct ResolveContext(string? Environment, string? User, bool WithoutRuntime = false)
{
    /// <summary>The arms that it falls into; null: none. They concern one namespace, whatever others are read with this context.</summary>
    public ArmChoice? Arms { get; init; }

    public static ResolveContext Of(string? environment) => new(environment, null);
}
