using System.Numerics;
using System.Runtime.CompilerServices;
using Setpoint.Core.Rules;

namespace Setpoint.Core.Flags.Evaluation;

/// <summary>
/// Where each flag of a set stands, by key: a hash table with linear probing, at most half full. Thread-safe. It knows the very string that an app
/// asked for a flag by first, which is a literal that asks again and again: that one is not compared.
/// </summary>
/// <remarks>The hash is two words at a time multiplied and folded, as wyhash does (Wang Yi).</remarks>
internal sealed class FlagPlaces
{
    private const ulong Odd = 0x9e37_79b9_7f4a_7c15;

    // The first character would be half of a pair, and the second is not its other half: no text is this word, and so none makes a factor 0.
    private const ulong NoWord = 0x9e37_79b9_7f4a_d815;

    private readonly Entry[] _entries;
    private readonly int _shift;

    /// <param name="keys">Each once.</param>
    public FlagPlaces(ReadOnlySpan<string> keys)
    {
        var size = BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, keys.Length * 2));
        _entries = new Entry[size];
        _shift = 64 - BitOperations.Log2(size);
        for (var place = 0; place < keys.Length; place++)
        {
            var hash = HashOf(keys[place]);
            var at = hash >> _shift;
            while (_entries[at].Key is not null)
                at = (at + 1) & (size - 1);
            _entries[at] = new() { Key = keys[place], Hash = hash, Place = place };
        }
    }

    /// <summary>From 0; negative if there is no such flag.</summary>
    public int Find(string key)
    {
        ref var entry = ref EntryOf(key);
        return entry.Key is not null ? entry.Place : -1;
    }

    /// <summary>As <see cref="Find"/>, for an app that asks: its string is remembered.</summary>
    public int FindAsked(string key)
    {
        ref var entry = ref EntryOf(key);
        if (entry.Key is null)
            return -1;
        if (entry.Asked is null)
            entry.Asked = key;
        return entry.Place;
    }

    /// <summary>The entry of the key, or an empty one: half of them are, so that the search ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Entry EntryOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var entries = _entries;
        var hash = HashOf(key);
        for (var at = hash >> _shift; ; at++)
        {
            ref var entry = ref entries[at & (uint)(entries.Length - 1)];
            if (entry.Hash == hash && (ReferenceEquals(entry.Asked, key) || string.Equals(entry.Key, key, StringComparison.Ordinal)))
                return ref entry;
            if (entry.Key is null)
                return ref entry;
        }
    }

    private static ulong HashOf(string key)
    {
        var hash = NoWord ^ (uint)key.Length;
        if (key.Length < TextWords.Length)
            return Folded(TextWords.Few(key) ^ hash, NoWord) * Odd;
        var at = 0;
        for (; at < key.Length - (2 * TextWords.Length); at += 2 * TextWords.Length)
            hash = Folded(TextWords.At(key, at) ^ hash, TextWords.At(key, at + TextWords.Length) ^ NoWord);
        // The last eight, some of which may have been taken already; of a short key its first and last four.
        return Folded(TextWords.At(key, Math.Min(at, key.Length - TextWords.Length)) ^ hash, TextWords.Last(key) ^ NoWord) * Odd;
    }

    /// <summary>Both halves of the product.</summary>
    private static ulong Folded(ulong one, ulong other)
    {
        var high = Math.BigMul(one, other, out var low);
        return high ^ low;
    }

    private struct Entry
    {
        public ulong Hash;
        public string? Key;

        /// <summary>Null until somebody asks. Threads may write it at once: either's is right.</summary>
        public string? Asked;
        public int Place;
    }
}
