using System.Collections.Frozen;

namespace Setpoint.Core.References;

/// <summary>A value that lies elsewhere: <c>${provider:key}</c>.</summary>
/// <param name="Provider">One of <see cref="Providers"/>.</param>
/// <param name="Key">What it is called there. Never empty; holds no closing brace.</param>
public sealed record Reference(string Provider, string Key)
{
    /// <summary>Another key of the effective configurations.</summary>
    public const string Config = "config";

    /// <summary>An environment variable of the server.</summary>
    public const string Env = "env";

    /// <summary>The content of a file on the server.</summary>
    public const string File = "file";

    /// <summary>Reserved for secrets; left as written until they can be stored.</summary>
    public const string Secret = "secret";

    /// <summary>Reserved for secrets that another system keeps; left as written.</summary>
    public const string Vault = "vault";

    public static readonly FrozenSet<string> Providers = FrozenSet.Create(StringComparer.Ordinal, Config, Env, File, Secret, Vault);

    /// <summary>What it leads to is not to be seen here.</summary>
    public bool IsOpaque => Provider is Secret or Vault;

    public override string ToString() => $"${{{Provider}:{Key}}}";
}
