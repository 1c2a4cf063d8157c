namespace Setpoint.Core.Layers;

/// <summary>For whom a configuration is resolved.</summary>
/// <param name="Environment">Null: only base layers apply.</param>
/// <param name="User">Null: no user layer applies.</param>
public readonly record struct ResolveContext(string? Environment, string? User)
{
    public static ResolveContext Of(string? environment) => new(environment, null);
}
