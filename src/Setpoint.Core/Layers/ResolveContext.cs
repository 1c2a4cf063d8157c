namespace Setpoint.Core.Layers;

/// <summary>For whom a configuration is resolved.</summary>
/// <param name="Environment">Null: only base layers apply.</param>
/// <param name="User">Null: no user layer applies.</param>
/// <param name="WithoutRuntime">As it will be when the runtime override has ended.</param>
public readonly record struct ResolveContext(string? Environment, string? User, bool WithoutRuntime = false)
{
    public static ResolveContext Of(string? environment) => new(environment, null);
}
