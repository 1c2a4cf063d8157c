using System.Collections.Frozen;
using Microsoft.Extensions.Configuration;

namespace Setpoint.Client.Snapshots;

/// <summary>
/// The names below each container. The framework's providers find them by scanning every key, which makes binding one section of ten
/// thousand keys cost 39 microseconds; here it is one look-up. Names are sorted when they are first asked for: an app binds a few sections,
/// and sorting all of them would cost more than everything else at the arrival of a large configuration.
/// </summary>
internal sealed class ChildNames
{
    private static readonly string[] None = [];

    private readonly Dictionary<string, Names> _below = new(StringComparer.OrdinalIgnoreCase);
    private Names _roots = new([]);

    // A name with a colon puts its children under another path than its container's, and two containers may differ only in case. Both are
    // legal, rare, and beyond what is recorded while reading: then everything is found from the flat keys instead.
    private bool _irregular;
    private volatile ChildKeyIndex? _fromKeys;

    /// <summary>Records a container. Called while the configuration is read, by one thread.</summary>
    public void Add(string? path, List<string> names)
    {
        foreach (var name in names)
            _irregular |= name.Contains(':', StringComparison.Ordinal);
        if (path is null)
            _roots = new([.. names]);
        else if (names.Count > 0)
            _irregular |= !_below.TryAdd(path, new([.. names]));
    }

    /// <summary>The names below a path, in configuration order; null stands for the root. Any thread may ask.</summary>
    public string[] Below(string? path, FrozenDictionary<string, string?> values)
    {
        if (_irregular)
            return (_fromKeys ??= ChildKeyIndex.Of(values)).Below(path);
        return path is null ? _roots.Sorted() : _below.TryGetValue(path, out var names) ? names.Sorted() : None;
    }

    private sealed class Names(string[] asWritten)
    {
        private volatile string[]? _sorted = asWritten.Length <= 1 ? asWritten : null;

        public string[] Sorted()
        {
            if (_sorted is { } done)
                return done;

            // Two threads may sort at once; both results are equal and one of them stays.
            var sorted = (string[])asWritten.Clone();
            Array.Sort(sorted, ConfigurationKeyComparer.Instance);
            return _sorted = sorted;
        }
    }
}
