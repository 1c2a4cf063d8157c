using System.Collections.Frozen;
using Microsoft.Extensions.Configuration;

namespace Setpoint.Client.Snapshots;

/// <summary>The segments below each path, found from the flat keys alone.</summary>
internal sealed class ChildKeyIndex
{
    private static readonly string[] None = [];

    private readonly string[] _roots;
    private readonly Dictionary<string, string[]> _children;

    private ChildKeyIndex(string[] roots, Dictionary<string, string[]> children)
    {
        _roots = roots;
        _children = children;
    }

    public static ChildKeyIndex Of(FrozenDictionary<string, string?> values)
    {
        var lists = new Dictionary<string, List<string>>(StringComparer.OrdinalIgnoreCase);
        var roots = new List<string>();
        foreach (var key in values.Keys)
            Attach(roots, lists, key);

        var children = new Dictionary<string, string[]>(lists.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var (path, list) in lists)
            children.Add(path, Sorted(list));
        return new(Sorted(roots), children);
    }

    /// <summary>The segments below a path; null stands for the root, since a property may have an empty name.</summary>
    public string[] Below(string? path) => path is null ? _roots : _children.GetValueOrDefault(path, None);

    private static void Attach(List<string> roots, Dictionary<string, List<string>> lists, string key)
    {
        // Walks from the leaf to the root and stops at the first parent that is known: that one is attached already.
        while (key.LastIndexOf(':') is var cut and >= 0)
        {
            var parent = key[..cut];
            var segment = key[(cut + 1)..];
            if (lists.TryGetValue(parent, out var list))
            {
                list.Add(segment);
                return;
            }

            lists.Add(parent, [segment]);
            key = parent;
        }

        roots.Add(key);
    }

    private static string[] Sorted(List<string> segments)
    {
        segments.Sort(ConfigurationKeyComparer.Instance);
        return [.. segments];
    }
}
