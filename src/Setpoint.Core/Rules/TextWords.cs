using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Setpoint.Core.Rules;

/// <summary>A text as numbers of four characters, which compare and mix faster than characters do. What they are depends on the processor's order of bytes.</summary>
internal static class TextWords
{
    /// <summary>Characters of a word.</summary>
    public const int Length = 4;

    /// <summary>Four characters.</summary>
    public static ulong At(string text, int at) => MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(text.AsSpan(at, Length)));

    public static ulong First(string text) => At(text, 0);

    public static ulong Last(string text) => At(text, text.Length - Length);

    /// <summary>All there is, together with the length, of a text of less than four characters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Few(string text) => text.Length == 0 ? 0 : text[0] | ((ulong)text[text.Length >> 1] << 16) | ((ulong)text[^1] << 32);
}
