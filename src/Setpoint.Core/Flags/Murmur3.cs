using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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

    /// <summary>The hash of what there is and this text behind it; false if that ends in the middle of a character.</summary>
    /// <remarks>What nearly every evaluation of a split does: for ASCII the state stays in registers, and what is in memory is not touched.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool TryFinish(string text, out uint result)
    {
        var hash = _hash;
        var carry = _carry;
        if (TakeAscii(text, ref hash, ref carry, _length) == text.Length)
        {
            result = Finished(hash, carry, _length + text.Length);
            return true;
        }

        return TryFinishAny(text, out result);
    }

    private readonly bool TryFinishAny(string text, out uint result)
    {
        var copy = this;
        var isTaken = copy.TryAppend(text);
        result = copy.Finish();
        return isTaken;
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

    /// <summary>Takes ASCII, four characters at once, up to the first four that are not; answers how much that was.</summary>
    /// <remarks>
    /// How many characters are left behind the last four is chance: a processor guesses branches on it wrong. So the end is read as four
    /// characters once more, those that were taken already are shifted out, and whether the rest fills a block is arithmetic.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int TakeAscii(ReadOnlySpan<char> text, ref uint hash, ref uint carry, int length)
    {
        if (text.Length < 4)
            return TakeFew(text, ref hash, ref carry, length);
        var units = MemoryMarshal.AsBytes(text);
        var shift = (length & 3) * 8;
        var mixed = hash;
        ulong rest = carry;
        var at = 0;
        uint four;
        for (; at <= units.Length - 8 && TryFour(units[at..], out four); at += 8)
        {
            rest |= (ulong)four << shift;
            mixed = Mixed(mixed, (uint)rest);
            rest >>= 32;
        }

        if (at > units.Length - 8 && TryFour(units[^8..], out four))
        {
            var bits = (units.Length - at) * 4;
            rest |= ((ulong)four >> (32 - bits)) << shift;
            var isFull = (uint)((31 - shift - bits) >> 31);
            mixed ^= (mixed ^ Mixed(mixed, (uint)rest)) & isFull;
            rest >>= (int)(isFull & 32);
            at = units.Length;
        }

        hash = mixed;
        carry = (uint)rest;
        return at / 2;
    }

    private static int TakeFew(ReadOnlySpan<char> text, ref uint hash, ref uint carry, int length)
    {
        var at = 0;
        for (; at < text.Length && text[at] < 0x80; at++)
            TakeByte((byte)text[at], ref hash, ref carry, length + at);
        return at;
    }

    /// <summary>Four UTF-16 units as bytes, the first the lowest; false if one is not ASCII.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryFour(ReadOnlySpan<byte> text, out uint four)
    {
        var units = BinaryPrimitives.ReadUInt64LittleEndian(text);
        var pairs = (units | (units >> 8)) & 0x0000_ffff_0000_ffff;
        four = (uint)(pairs | (pairs >> 16));
        return (units & 0xff80_ff80_ff80_ff80) == 0;
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
