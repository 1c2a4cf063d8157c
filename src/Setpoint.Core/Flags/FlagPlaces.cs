using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Setpoint.Core.Flags;

/// <summary>
/// Where each flag of a set stands, by key: a hash table with linear probing, at most half full. Thread-safe. It knows the very string that a flag
/// was asked for by first, which in an app is a literal that asks again and again: that one is not compared.
/// </summary>
/// <remarks>The hash is two words at a time multiplied and folded, as wyhash does (Wang Yi); nobody outside chooses the keys of flags.</remarks>
internal sealed class FlagPlaces
{
    private const ulong Odd = 0x9e37_79b9_7f4a_7c15;
    private const int CharactersAtOnce = 8;

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
        ArgumentNullException.ThrowIfNull(key);
        var entries = _entries;
        var hash = HashOf(key);
        for (var at = hash >> _shift; ; at++)
        {
            ref var entry = ref entries[at & (uint)(entries.Length - 1)];
            if (entry.Hash == hash && (ReferenceEquals(entry.Asked, key) || IsKeyOf(ref entry, key)))
                return entry.Place;
            if (entry.Key is null)
                return -1;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsKeyOf(ref Entry entry, string key)
    {
        if (!string.Equals(entry.Key, key, StringComparison.Ordinal))
            return false;
        entry.Asked ??= key;
        return true;
    }

    private static ulong HashOf(string key)
    {
        var hash = Odd + (uint)key.Length;
        if (key.Length < CharactersAtOnce)
            return key.Length >= 4 ? Folded(Four(key, 0) ^ hash, Four(key, key.Length - 4) ^ Odd) : Folded(Few(key) ^ hash, Odd);
        var at = 0;
        for (; at < key.Length - CharactersAtOnce; at += CharactersAtOnce)
            hash = Folded(Four(key, at) ^ hash, Four(key, at + 4) ^ Odd);
        // The last eight, some of which may have been taken already.
        return Folded(Four(key, key.Length - 8) ^ hash, Four(key, key.Length - 4) ^ Odd);
    }

    private static ulong Four(string key, int at) => MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(key.AsSpan(at, 4)));

    private static ulong Few(string key) => key.Length == 0 ? 0 : key[0] | ((ulong)key[key.Length >> 1] << 16) | ((ulong)key[^1] << 32);

    private static ulong Folded(ulong one, ulong other)
    {
        var high = Math.BigMul(one, other, out var low);
        return (high ^ low) * Odd;
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
