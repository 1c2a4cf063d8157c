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
        var ascii = AppendAscii(text);
        if (ascii < text.Length)
            AppendEncoded(text[ascii..]);
        return true;
    }

    public readonly uint Finish()
    {
        var hash = _hash;
        if ((_length & 3) != 0)
            hash ^= Scrambled(_carry);
        hash ^= (uint)_length;
        hash ^= hash >> 16;
        hash *= 0x85ebca6b;
        hash ^= hash >> 13;
        hash *= 0xc2b2ae35;
        return hash ^ (hash >> 16);
    }

    /// <summary>Takes ASCII, four characters at once, up to the first character outside of it; answers how much that was.</summary>
    private int AppendAscii(ReadOnlySpan<char> text)
    {
        var at = 0;
        var shift = (_length & 3) * 8;
        var carry = _carry;
        var hash = _hash;
        for (; at + 4 <= text.Length; at += 4)
        {
            var four = MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(text[at..]));
            if ((four & 0xff80_ff80_ff80_ff80) != 0)
                break;
            // The low bytes of four UTF-16 units, side by side.
            var pairs = (four | (four >> 8)) & 0x0000_ffff_0000_ffff;
            var block = (ulong)(uint)(pairs | (pairs >> 16)) << shift;
            hash = Mixed(hash, carry | (uint)block);
            carry = (uint)(block >> 32);
        }

        ulong rest = carry;
        var bits = shift;
        for (; at < text.Length && text[at] < 0x80; at++, bits += 8)
        {
            // Only behind a block that was not ASCII are there four or more.
            if (bits == 32)
            {
                hash = Mixed(hash, (uint)rest);
                rest = 0;
                bits = 0;
            }

            rest |= (ulong)text[at] << bits;
        }

        if (bits == 32)
        {
            hash = Mixed(hash, (uint)rest);
            rest = 0;
        }

        _hash = hash;
        _carry = (uint)rest;
        _length += at;
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
            AppendByte(value);
    }

    private void AppendByte(byte value)
    {
        _carry |= (uint)value << ((_length & 3) * 8);
        if ((++_length & 3) != 0)
            return;
        _hash = Mixed(_hash, _carry);
        _carry = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Mixed(uint hash, uint block) => (BitOperations.RotateLeft(hash ^ Scrambled(block), 13) * 5) + 0xe6546b64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Scrambled(uint block) => BitOperations.RotateLeft(block * C1, 15) * C2;
}
