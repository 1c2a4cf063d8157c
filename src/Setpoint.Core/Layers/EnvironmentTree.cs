using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Layers;

/// <summary>All environments and, for each, the chain from the root of its tree down to itself.</summary>
public sealed class EnvironmentTree : KindIndex
{
    internal static readonly EnvironmentTree Empty = new(
        ImmutableSortedDictionary.Create<string, DeployEnvironment>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, long>(StringComparer.Ordinal));

    private readonly ImmutableSortedDictionary<string, DeployEnvironment> _environments;
    private readonly ImmutableDictionary<string, long> _versions;
    private readonly Lazy<Dictionary<string, ImmutableArray<string>>> _chains;

    private EnvironmentTree(
        ImmutableSortedDictionary<string, DeployEnvironment> environments,
        ImmutableDictionary<string, long> versions)
    {
        _environments = environments;
        _versions = versions;
        _chains = new(MakeChains);
    }

    /// <summary>In order of name.</summary>
    public IEnumerable<DeployEnvironment> All => _environments.Values;

    public bool Contains(string name) => _environments.ContainsKey(name);

    public bool TryFind(string name, [NotNullWhen(true)] out DeployEnvironment? environment) => _environments.TryGetValue(name, out environment);

    /// <summary>The newest version of this environment's document, its removal included; 0 if there never was one.</summary>
    public long VersionOf(string name) => _versions.GetValueOrDefault(name);

    /// <summary>From the root of the tree to the environment itself; empty if it does not exist.</summary>
    public ImmutableArray<string> ChainOf(string name) => _chains.Value.TryGetValue(name, out var chain) ? chain : [];

    public override KindIndex With(Document document, object? model)
    {
        var name = document.Address.Segments[1];
        var environments = model is DeployEnvironment environment
            ? _environments.SetItem(name, environment with { Version = document.Version })
            : _environments.Remove(name);
        return new EnvironmentTree(environments, _versions.SetItem(name, document.Version));
    }

    private Dictionary<string, ImmutableArray<string>> MakeChains()
    {
        var chains = new Dictionary<string, ImmutableArray<string>>(_environments.Count, StringComparer.Ordinal);
        var chain = new List<string>();
        foreach (var name in _environments.Keys)
        {
            chain.Clear();
            // A candidate may hold a cycle or a parent that does not exist; the rule reports it, and the chain ends there.
            for (var at = name; at is not null && _environments.TryGetValue(at, out var environment) && !chain.Contains(at); at = environment.Parent)
                chain.Add(at);
            chain.Reverse();
            chains[name] = [.. chain];
        }

        return chains;
    }
}
