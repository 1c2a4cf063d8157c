using System.Collections.Frozen;

namespace Setpoint.Core.Json;

/// <summary>
/// The property names of an object, in the order in which they were written. Objects that differ only in their values share
/// one instance, so that changing one value of ten thousand copies one array of references and builds no index again.
/// </summary>
internal sealed class PropertyNames
{
    // Below this a scan of short strings beats hashing one.
    private const int IndexedFrom = 9;

    public static readonly PropertyNames None = new([]);

    private readonly string[] _names;
    private volatile FrozenDictionary<string, int>? _index;

    public PropertyNames(string[] names) => _names = names;

    public ReadOnlySpan<string> AsSpan() => _names;

    public int Count => _names.Length;

    public string this[int index] => _names[index];

    /// <summary>The position of the name, or -1. Names are compared ordinally.</summary>
    public int IndexOf(string name)
    {
        if (_names.Length < IndexedFrom)
        {
            for (var i = 0; i < _names.Length; i++)
            {
                if (string.Equals(_names[i], name, StringComparison.Ordinal))
                    return i;
            }

            return -1;
        }

        return Index().TryGetValue(name, out var position) ? position : -1;
    }

    private FrozenDictionary<string, int> Index()
    {
        if (_index is { } built)
            return built;

        // Two threads may build it at once; both results are equal and one of them stays.
        var pairs = new KeyValuePair<string, int>[_names.Length];
        for (var i = 0; i < pairs.Length; i++)
            pairs[i] = new(_names[i], i);
        return _index = pairs.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
