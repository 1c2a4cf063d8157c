using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Setpoint.Core.Flags;

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
    private const int EncodedAtOnce = 128;

    private const int AtOnce = 8;

    private uint _hash;
    private uint _carry;
    private int _length;

    public static uint Of(string text)
    {
        var hash = default(Murmur3);
        // Alone, a half of a pair is broken for sure: it is U+FFFD.
        if (!hash.TryAppend(text))
            hash.AppendUtf8(Encoding.UTF8.GetBytes(text));
        return hash.Finish();
    }

    /// <summary>Goes on with this text; false, and nothing is taken, if it ends in the middle of a character.</summary>
    public bool TryAppend(ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty && char.IsHighSurrogate(text[^1]))
            return false;
        var ascii = TakeAscii(text, ref _hash, ref _carry, _length);
        _length += ascii;
        if (ascii < text.Length)
            AppendEncoded(text[ascii..]);
        return true;
    }

    public readonly uint Finish() => Finished(_hash, _carry, _length);

    /// <summary>The hash of what there is and this text behind it; negative if that ends in the middle of a character.</summary>
    public readonly long FinishWith(string text)
    {
        if (text.Length < AtOnce || !BitConverter.IsLittleEndian)
            return FinishWithAny(text);
        var hash = FinishWithAscii(text);
        return hash >= 0 ? hash : FinishWithAny(text);
    }

    /// <summary>What nearly every evaluation of a split does: the state stays in registers, and eight characters are taken at once.</summary>
    /// <param name="text">At least <see cref="AtOnce"/> characters.</param>
    /// <returns>Negative if it is not all ASCII.</returns>
    /// <remarks>
    /// How many characters are left behind the last eight is chance: a processor guesses branches on it wrong. So the end is read as eight
    /// characters once more, those that were taken already are shifted out, and whether the rest fills blocks is arithmetic.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly long FinishWithAscii(string text)
    {
        ref readonly var units = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<char, short>(text.AsSpan()));
        var seen = Vector128<short>.Zero;
        var mixed = _hash;
        ulong rest = _carry;
        var carried = (_length & 3) * 8;
        var last = text.Length - AtOnce;
        var at = 0;
        do
        {
            var eight = Eight(in units, at, ref seen);
            rest |= eight << carried;
            mixed = Mixed(Mixed(mixed, (uint)rest), (uint)(rest >> 32));
            rest = eight >> 1 >> (63 - carried);
            at += AtOnce;
        }
        while (at <= last);

        var left = (text.Length - at) * 8;
        var end = Eight(in units, last, ref seen) >> 1 >> (63 - left);
        rest |= end << carried;
        var bits = carried + left;
        uint carry;
        if (bits < 32)
        {
            carry = (uint)rest;
        }
        else
        {
            mixed = Mixed(mixed, (uint)rest);
            carry = (uint)(rest >> 32);
            if (bits >= 64)
            {
                mixed = Mixed(mixed, carry);
                carry = (uint)(end >> 1 >> (63 - carried));
            }
        }

        return (seen & Vector128.Create(unchecked((short)0xff80))) == Vector128<short>.Zero ? Finished(mixed, carry, _length + text.Length) : -1;
    }

    /// <summary>Eight UTF-16 units as bytes, the first the lowest; right if they are ASCII.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Eight(ref readonly short units, int at, ref Vector128<short> seen)
    {
        var eight = Vector128.LoadUnsafe(in units, (nuint)at);
        seen |= eight;
        return Vector128.NarrowWithSaturation(eight, eight).AsUInt64().ToScalar();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly long FinishWithAny(string text)
    {
        var copy = this;
        return copy.TryAppend(text) ? copy.Finish() : -1;
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

    private static int TakeAscii(ReadOnlySpan<char> text, ref uint hash, ref uint carry, int length)
    {
        var at = 0;
        for (; at < text.Length && text[at] < 0x80; at++)
            TakeByte((byte)text[at], ref hash, ref carry, length + at);
        return at;
    }

    private void AppendEncoded(ReadOnlySpan<char> text)
    {
        Span<byte> utf8 = stackalloc byte[EncodedAtOnce * 3];
        while (!text.IsEmpty)
        {
            var count = Math.Min(text.Length, EncodedAtOnce);
            if (count < text.Length && char.IsHighSurrogate(text[count - 1]))
                count--;
            AppendUtf8(utf8[..Encoding.UTF8.GetBytes(text[..count], utf8)]);
            text = text[count..];
        }
    }

    private void AppendUtf8(ReadOnlySpan<byte> utf8)
    {
        if ((_length & 3) == 0)
        {
            for (; utf8.Length >= 4; utf8 = utf8[4..])
            {
                _hash = Mixed(_hash, BinaryPrimitives.ReadUInt32LittleEndian(utf8));
                _length += 4;
            }
        }

        foreach (var value in utf8)
            TakeByte(value, ref _hash, ref _carry, _length++);
    }

    /// <param name="length">Bytes before this one.</param>
    private static void TakeByte(byte value, ref uint hash, ref uint carry, int length)
    {
        carry |= (uint)value << ((length & 3) * 8);
        if ((length & 3) != 3)
            return;
        hash = Mixed(hash, carry);
        carry = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Mixed(uint hash, uint block) => (BitOperations.RotateLeft(hash ^ Scrambled(block), 13) * 5) + 0xe6546b64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Scrambled(uint block) => BitOperations.RotateLeft(block * C1, 15) * C2;
}
