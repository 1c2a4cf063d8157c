using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Setpoint.Core.Flags.Evaluation;

/// <summary>
/// MurmurHash3_x86_32 with seed 0 over the UTF-8 form of text (Austin Appleby, smhasher), taken in parts: what comes first is hashed once
/// and kept, so that a salt costs nothing later.
/// </summary>
/// <remarks>
/// 1. Four bytes, little-endian, are a block: k *= c1, k = rotl(k, 15), k *= c2, h ^= k, h = rotl(h, 13), h = 5h + 0xe6546b64.
/// 2. What is left, at most three bytes, is mixed into h without the last two steps. 3. h ^= length, and is finalised.
/// Parts need not end with a block: up to three bytes are carried over. Text outside ASCII is encoded first; a part that ends with the
/// first half of a surrogate pair cannot be told from a broken one and is refused.
/// </remarks>
internal struct Murmur3
{
    private const uint C1 = 0xcc9e2d51;
    private const uint C2 = 0x1b873593;
    private const int EncodedAtOnce = 32;
    private const int FourCharacters = 4;
    private const int EightCharacters = 8;

    private uint _hash;
    private uint _carry;
    private int _length;

    public static uint Of(string text)
    {
        var hash = default(Murmur3);
        if (hash.FinishWith(text) is var result and >= 0)
            return (uint)result;
        // Alone, a half of a pair is broken for sure: it is U+FFFD.
        hash.AppendUtf8(Encoding.UTF8.GetBytes(text));
        return hash.Finish();
    }

    /// <summary>Goes on with this text; false, and nothing is taken, if it ends in the middle of a character.</summary>
    public bool TryAppend(ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty && char.IsHighSurrogate(text[^1]))
            return false;
        Span<byte> utf8 = stackalloc byte[EncodedAtOnce * 3];
        while (!text.IsEmpty)
        {
            var count = Math.Min(text.Length, EncodedAtOnce);
            if (count < text.Length && char.IsHighSurrogate(text[count - 1]))
                count--;
            AppendUtf8(utf8[..Encoding.UTF8.GetBytes(text[..count], utf8)]);
            text = text[count..];
        }

        return true;
    }

    public readonly uint Finish() => Finished(_hash, _carry, _length);

    /// <summary>The hash of what there is and this text behind it; negative if that ends in the middle of a character.</summary>
    /// <remarks>What nearly every evaluation of a split does. For ASCII the state stays in registers.</remarks>
    public readonly long FinishWith(string text)
    {
        var hash = -1L;
        // What lies first in memory is taken for the lowest, as the algorithm has it.
        if (BitConverter.IsLittleEndian && text.Length >= FourCharacters)
            hash = text.Length < EightCharacters ? FinishWithFew(text) : FinishWithMany(text);
        return hash >= 0 ? hash : FinishWithAny(text);
    }

    /// <summary>Eight characters at once.</summary>
    /// <param name="text">At least eight characters.</param>
    /// <returns>Negative if it is not all ASCII.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly long FinishWithMany(string text)
    {
        ref readonly var units = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<char, short>(text.AsSpan()));
        var seen = Vector128<short>.Zero;
        var mixed = _hash;
        ulong rest = _carry;
        var carried = (_length & 3) * 8;
        var last = text.Length - EightCharacters;
        var at = 0;
        do
        {
            var eight = Eight(in units, at, ref seen);
            rest |= eight << carried;
            mixed = Mixed(Mixed(mixed, (uint)rest), (uint)(rest >> 32));
            rest = eight >> 1 >> (63 - carried);
            at += EightCharacters;
        }
        while (at <= last);

        // The end is read as eight characters once more, and those that were taken already are shifted out.
        var left = (text.Length - at) * 8;
        var end = Eight(in units, last, ref seen) >> 1 >> (63 - left);
        var isAscii = (seen & Vector128.Create(unchecked((short)0xff80))) == Vector128<short>.Zero;
        return isAscii ? Ended(mixed, rest, carried, end, left, _length + text.Length) : -1;
    }

    /// <param name="text">Four to seven characters.</param>
    /// <returns>Negative if it is not all ASCII.</returns>
    private readonly long FinishWithFew(string text)
    {
        var units = MemoryMarshal.AsBytes(text.AsSpan());
        var first = MemoryMarshal.Read<ulong>(units);
        var last = MemoryMarshal.Read<ulong>(units[^sizeof(ulong)..]);
        if (((first | last) & 0xff80_ff80_ff80_ff80) != 0)
            return -1;
        var left = text.Length * 8;
        var end = Four(first) | (Four(last) >> (64 - left) << 32);
        return Ended(_hash, _carry, (_length & 3) * 8, end, left, _length + text.Length);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly long FinishWithAny(string text)
    {
        var copy = this;
        return copy.TryAppend(text) ? copy.Finish() : -1;
    }

    /// <summary>Eight UTF-16 units as bytes, the first the lowest; right if they are ASCII.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Eight(ref readonly short units, int at, ref Vector128<short> seen)
    {
        var eight = Vector128.LoadUnsafe(in units, (nuint)at);
        seen |= eight;
        return Vector128.NarrowWithSaturation(eight, eight).AsUInt64().ToScalar();
    }

    /// <summary>Four UTF-16 units as bytes, the first the lowest; right if they are ASCII.</summary>
    private static ulong Four(ulong units)
    {
        var pairs = (units | (units >> 8)) & 0x0000_ffff_0000_ffff;
        return (uint)(pairs | (pairs >> 16));
    }

    /// <summary>The hash, once all but the end is taken.</summary>
    /// <param name="rest">What is carried over, of so many bits.</param>
    /// <param name="end">Less than eight bytes, of so many bits.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Ended(uint mixed, ulong rest, int carried, ulong end, int left, int length)
    {
        rest |= end << carried;
        var carry = (uint)rest;
        if (carried + left >= 32)
        {
            mixed = Mixed(mixed, carry);
            carry = (uint)(rest >> 32);
        }

        if (carried + left >= 64)
        {
            mixed = Mixed(mixed, carry);
            carry = (uint)(end >> 1 >> (63 - carried));
        }

        return Finished(mixed, carry, length);
    }

    private static uint Finished(uint hash, uint carry, int length)
    {
        // Nothing carried over is 0, and comes to 0.
        hash ^= Scrambled(carry) ^ (uint)length;
        hash ^= hash >> 16;
        hash *= 0x85ebca6b;
        hash ^= hash >> 13;
        hash *= 0xc2b2ae35;
        return hash ^ (hash >> 16);
    }

    private void AppendUtf8(ReadOnlySpan<byte> utf8)
    {
        var carried = (_length & 3) * 8;
        _length += utf8.Length;
        ulong rest = _carry;
        for (; utf8.Length >= 4; utf8 = utf8[4..])
        {
            rest |= (ulong)BinaryPrimitives.ReadUInt32LittleEndian(utf8) << carried;
            _hash = Mixed(_hash, (uint)rest);
            rest >>= 32;
        }

        foreach (var value in utf8)
        {
            rest |= (ulong)value << carried;
            carried += 8;
        }

        if (carried >= 32)
        {
            _hash = Mixed(_hash, (uint)rest);
            rest >>= 32;
        }

        _carry = (uint)rest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Mixed(uint hash, uint block) => (BitOperations.RotateLeft(hash ^ Scrambled(block), 13) * 5) + 0xe6546b64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Scrambled(uint block) => BitOperations.RotateLeft(block * C1, 15) * C2;
}
