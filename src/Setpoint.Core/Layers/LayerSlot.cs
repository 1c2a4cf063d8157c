using System.Diagnostics.CodeAnalysis;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Layers;

/// <summary>Which of a namespace's own layers.</summary>
public enum LayerScope
{
    /// <summary>The namespace's settings in every environment.</summary>
    Base,

    /// <summary>Its override in one environment and those that inherit from it.</summary>
    Environment,

    /// <summary>One user's settings, in every environment.</summary>
    User,

    /// <summary>A temporary override in one environment, with an expiry.</summary>
    Runtime,
}

/// <summary>The place of one layer: whose it is, its scope, and the environment or user that the scope names.</summary>
/// <param name="Key">The environment or user; empty for <see cref="LayerScope.Base"/>.</param>
public readonly record struct LayerSlot(string Namespace, LayerScope Scope, string Key)
{
    /// <summary>Characters of a user's name.</summary>
    public const int UserLengthMax = Address.SegmentLengthMax;

    public static LayerSlot BaseOf(string ns) => new(ns, LayerScope.Base, "");

    public Address ToAddress() => Scope switch
    {
        LayerScope.Base => Address.Of(ConfigKind.KindName, Namespace, "base"),
        LayerScope.Environment => Address.Of(ConfigKind.KindName, Namespace, "env", Key),
        LayerScope.User => Address.Of(ConfigKind.KindName, Namespace, "user", Key),
        LayerScope.Runtime => Address.Of(ConfigKind.KindName, Namespace, "runtime", Key),
        _ => throw new InvalidOperationException($"Unknown scope {Scope}."),
    };

    public static bool TryParse(Address address, out LayerSlot slot, [NotNullWhen(false)] out string? problem)
    {
        slot = default;
        var parts = address.Segments;
        if (!Names.IsValid(parts[1]))
        {
            problem = Names.Explain("Namespace", parts[1]);
            return false;
        }

        LayerScope? scope = parts.Length switch
        {
            3 when parts[2] == "base" => LayerScope.Base,
            4 when parts[2] == "env" => LayerScope.Environment,
            4 when parts[2] == "user" => LayerScope.User,
            4 when parts[2] == "runtime" => LayerScope.Runtime,
            _ => null,
        };
        if (scope is null)
        {
            problem = $"{address} is no layer; write config/{{ns}}/base, config/{{ns}}/env/{{environment}}, config/{{ns}}/user/{{user}} or config/{{ns}}/runtime/{{environment}}.";
            return false;
        }

        slot = new(parts[1], scope.Value, parts.Length > 3 ? parts[3] : "");
        problem = null;
        return true;
    }
}
