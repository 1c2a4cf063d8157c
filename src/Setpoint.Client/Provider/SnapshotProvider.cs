using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using Setpoint.Client.Snapshots;

namespace Setpoint.Client.Provider;

/// <summary>One snapshot as a provider that never changes.</summary>
internal sealed class SnapshotProvider(ConfigurationSnapshot snapshot) : IConfigurationProvider
{
    private readonly ConfigurationReloadToken _never = new();

    public bool TryGet(string key, out string? value) => snapshot.Values.TryGetValue(key, out value);

    public void Set(string key, string? value) => throw new NotSupportedException("A snapshot is read-only.");

    public IChangeToken GetReloadToken() => _never;

    public void Load()
    {
        // Complete since it was made.
    }

    public IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) =>
        ChildKeys.Merge(earlierKeys, snapshot.ChildKeys(parentPath));
}

/// <summary>The contract of <see cref="IConfigurationProvider.GetChildKeys"/>: what earlier providers named, and ours, in order.</summary>
internal static class ChildKeys
{
    public static IEnumerable<string> Merge(IEnumerable<string> earlier, string[] ours)
    {
        if (ours.Length == 0)
            return earlier;
        if (earlier.TryGetNonEnumeratedCount(out var count) && count == 0)
            return ours;

        var keys = new List<string>(ours);
        keys.AddRange(earlier);
        keys.Sort(ConfigurationKeyComparer.Instance);
        return keys;
    }
}
