using System.Collections;
using System.Diagnostics;
using System.Numerics;

namespace Setpoint.Core.Json;

/// <summary>
/// The property names of an object, in the order in which they were written. Objects that differ only in their values share
/// one instance, so that changing one value of ten thousand copies one array of references and builds no index again.
/// </summary>
internal sealed class PropertyNames : IReadOnlyList<string>
{
    // Below this a scan of short strings beats hashing one.
    private const int IndexedFrom = 9;

    public static readonly PropertyNames None = new([]);

    private readonly string[] _names;

    // Open addressing with linear probing, at most half full; 0 is free, else position + 1. Hashes are the runtime's, which are seeded
    // per process: names come from outside, and a frozen dictionary's hash could be flooded with collisions.
    private int[]? _index;
    private int[]? _sorted;

    // What is known of the names once someone asked; every thread finds the same.
    private volatile bool _differInMoreThanCase;
    private bool _lookedUp;

    /// <summary>The caller guarantees that no name occurs twice.</summary>
    public PropertyNames(string[] names) => _names = names;

    public ReadOnlySpan<string> AsSpan() => _names;

    public int Count => _names.Length;

    public string this[int index] => _names[index];

    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_names).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Takes the names if each occurs once; else null and the position of the first that has occurred before.</summary>
    public static PropertyNames? Of(string[] names, out int duplicate)
    {
        var made = new PropertyNames(names);
        if (names.Length < IndexedFrom)
        {
            for (duplicate = 1; duplicate < names.Length; duplicate++)
            {
                if (made.Scan(names[duplicate], duplicate) >= 0)
                    return null;
            }

            duplicate = -1;
            return made;
        }

        made._index = BuildIndex(names, out duplicate);
        return duplicate < 0 ? made : null;
    }

    /// <summary>The position of the name, or -1. Names are compared ordinally.</summary>
    public int IndexOf(string name)
    {
        if (_names.Length < IndexedFrom)
            return Scan(name, _names.Length);

        var index = Volatile.Read(ref _index);
        if (index is null)
        {
            // Names that a chain of edits makes are looked up once and dropped; only the second look pays for an index.
            if (!_lookedUp)
            {
                _lookedUp = true;
                return Scan(name, _names.Length);
            }

            index = MakeIndex();
        }

        var mask = index.Length - 1;
        for (var slot = name.GetHashCode(StringComparison.Ordinal) & mask; index[slot] != 0; slot = (slot + 1) & mask)
        {
            var position = index[slot] - 1;
            if (string.Equals(_names[position], name, StringComparison.Ordinal))
                return position;
        }

        return -1;
    }

    /// <summary>
    /// The positions in the order of RFC 8785: names compared as UTF-16 code units. Kept, because every version of a large object
    /// is fingerprinted and most differ only in values; small objects sort into the given room and keep nothing.
    /// </summary>
    /// <param name="room">At least <see cref="SortRoom"/> long.</param>
    public ReadOnlySpan<int> Sorted(Span<int> room)
    {
        if (_names.Length > SortRoom)
            return Volatile.Read(ref _sorted) ?? MakeSorted();

        for (var i = 0; i < _names.Length; i++)
        {
            var place = i;
            for (; place > 0 && string.CompareOrdinal(_names[room[place - 1]], _names[i]) > 0; place--)
                room[place] = room[place - 1];
            room[place] = i;
        }

        return room[.._names.Length];
    }

    public const int SortRoom = 16;

    /// <summary>True if no two names are equal when case is ignored. Remembered, so asking again of a shared shape costs nothing.</summary>
    public bool DifferInMoreThanCase()
    {
        if (_differInMoreThanCase)
            return true;
        if (_names.Length < IndexedFrom)
        {
            for (var i = 1; i < _names.Length; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    if (string.Equals(_names[i], _names[j], StringComparison.OrdinalIgnoreCase))
                        return false;
                }
            }
        }
        else
        {
            var seen = new HashSet<string>(_names.Length, StringComparer.OrdinalIgnoreCase);
            foreach (var name in _names)
            {
                if (!seen.Add(name))
                    return false;
            }
        }

        return _differInMoreThanCase = true;
    }

    private int Scan(string name, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (string.Equals(_names[i], name, StringComparison.Ordinal))
                return i;
        }

        return -1;
    }

    // Two threads may build either table at once; both results are equal and one of them stays.
    private int[] MakeIndex()
    {
        var built = BuildIndex(_names, out var duplicate);
        Debug.Assert(duplicate < 0, "The maker of these names promised that each occurs once.");
        Volatile.Write(ref _index, built);
        return built;
    }

    private int[] MakeSorted()
    {
        var sorted = new int[_names.Length];
        for (var i = 0; i < sorted.Length; i++)
            sorted[i] = i;
        Array.Sort((string[])_names.Clone(), sorted, StringComparer.Ordinal);
        Volatile.Write(ref _sorted, sorted);
        return sorted;
    }

    private static int[] BuildIndex(string[] names, out int duplicate)
    {
        var index = new int[BitOperations.RoundUpToPowerOf2((uint)names.Length * 2)];
        var mask = index.Length - 1;
        for (var i = 0; i < names.Length; i++)
        {
            var slot = names[i].GetHashCode(StringComparison.Ordinal) & mask;
            for (; index[slot] != 0; slot = (slot + 1) & mask)
            {
                if (string.Equals(names[index[slot] - 1], names[i], StringComparison.Ordinal))
                {
                    duplicate = i;
                    return index;
                }
            }

            index[slot] = i + 1;
        }

        duplicate = -1;
        return index;
    }
}
