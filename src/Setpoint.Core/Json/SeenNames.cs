using System.Buffers;
using System.Text;

namespace Setpoint.Core.Json;

/// <summary>
/// The names of one text, and the sets of them that objects have: what was seen before is the same instance again. Behind it stands what other
/// texts had (<see cref="SharedNames"/>); this text's own tables come first, because nobody else can push anything out of them.
/// </summary>
internal readonly struct SeenNames : IDisposable
{
    private const int SlotBits = 8;

    // A short text has no tables: clearing the two of 2 KiB would take a good part of the time that reading it does.
    private const int TablesFrom = 4096;

    private readonly string?[] _names;
    private readonly PropertyNames?[] _sets;

    /// <param name="textLength">Bytes of the text.</param>
    public SeenNames(int textLength)
    {
        var hasTables = textLength >= TablesFrom;
        _names = hasTables ? ArrayPool<string?>.Shared.Rent(1 << SlotBits) : [];
        _sets = hasTables ? ArrayPool<PropertyNames?>.Shared.Rent(1 << SlotBits) : [];
    }

    /// <param name="name">UTF-8 without escapes.</param>
    /// <param name="hash">Its <see cref="SharedNames.HashOf"/>.</param>
    public string NameOf(ReadOnlySpan<byte> name, uint hash)
    {
        if (_names.Length == 0)
            return SharedNames.NameOf(name, hash);
        ref var seen = ref _names[hash >> (32 - SlotBits)];
        return seen is not null && Ascii.Equals(name, seen) ? seen : seen = SharedNames.NameOf(name, hash);
    }

    /// <summary>The set of just these names in this order; made if it is new, null if a name occurs twice.</summary>
    /// <param name="hash">Spread over all bits; says where to look.</param>
    /// <param name="duplicate">Where the name is that has occurred before.</param>
    public PropertyNames? SetOf(ReadOnlySpan<string> names, uint hash, out int duplicate)
    {
        duplicate = -1;
        var slot = hash >> (32 - SlotBits);
        if (_sets.Length > 0 && _sets[slot] is { } seen && SameReferences(seen.AsSpan(), names))
            return seen;
        var found = SharedNames.Find(names, hash);
        if (found is null && (found = PropertyNames.Of(names.ToArray(), out duplicate)) is not null)
            SharedNames.Keep(found, hash);
        if (_sets.Length > 0 && found is not null)
            _sets[slot] = found;
        return found;
    }

    public void Dispose()
    {
        if (_names.Length == 0)
            return;
        // Cleared: what lies in the pool must neither keep documents alive nor hand their text to the next renter.
        ArrayPool<string?>.Shared.Return(_names, clearArray: true);
        ArrayPool<PropertyNames?>.Shared.Return(_sets, clearArray: true);
    }

    private static bool SameReferences(ReadOnlySpan<string> left, ReadOnlySpan<string> right)
    {
        if (left.Length != right.Length)
            return false;
        for (var i = 0; i < left.Length; i++)
        {
            if (!ReferenceEquals(left[i], right[i]))
                return false;
        }

        return true;
    }
}
