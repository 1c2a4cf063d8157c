using System.Numerics;
using System.Runtime.CompilerServices;
using Setpoint.Core.Rules;

namespace Setpoint.Core.Flags.Evaluation;

/// <summary>
/// Where each flag of a set stands, by key: a hash table with linear probing, at most half full. Thread-safe. It knows the very string that an app
/// asked for a flag by first, which is a literal that asks again and again: that one is not compared.
/// </summary>
/// <remarks>
/// The hash takes words of four characters: xor, multiply by an odd constant (2^64 over the golden ratio), fold the upper half onto the lower.
/// Keys that collide on purpose are found all the same, one after the other; nobody but those who write flags could choose them.
/// </remarks>
internal sealed class FlagPlaces
{
    private const ulong Odd = 0x9e37_79b9_7f4a_7c15;

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

    private static ulong HashOf(string key) => key.Length switch
    {
        > 2 * TextWords.Length => HashOfLong(key),
        >= TextWords.Length => Joined(Mixed((ulong)key.Length, TextWords.First(key)), Mixed(Odd, TextWords.Last(key))),
        _ => Joined(Mixed((ulong)key.Length, TextWords.Few(key)), Odd),
    };

    /// <summary>Two lanes, which the processor mixes at the same time.</summary>
    private static ulong HashOfLong(string key)
    {
        var (one, other) = ((ulong)key.Length, Odd);
        var last = key.Length - (2 * TextWords.Length);
        for (var at = 0; at < last; at += 2 * TextWords.Length)
        {
            one = Mixed(one, TextWords.At(key, at));
            other = Mixed(other, TextWords.At(key, at + TextWords.Length));
        }

        // The end, in which some may be that was taken already.
        return Joined(Mixed(one, TextWords.At(key, last)), Mixed(other, TextWords.Last(key)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Joined(ulong one, ulong other) => (one ^ BitOperations.RotateLeft(other, 32)) * Odd;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mixed(ulong hash, ulong word)
    {
        hash = (hash ^ word) * Odd;
        return hash ^ (hash >> 32);
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
