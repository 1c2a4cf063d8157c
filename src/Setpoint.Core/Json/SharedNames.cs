using System.Buffers.Binary;
using System.Text;

namespace Setpoint.Core.Json;

/// <summary>
/// Names, and sets of names, that occurred lately in any text: documents of one kind that are read one after another share them as the items
/// of one list do. What is known of a set (its index, its order, how a schema applies to it) is then known of the next document too.
/// </summary>
/// <remarks>
/// Two tables of one entry per slot; whoever comes last stays. That is all the bound and all the synchronisation there is:
/// - An entry is immutable or settles to the same from every thread, and a slot is one reference, so a race loses an entry and no more.
/// - A look-up reads one slot. Texts made to collide there cost their own string and set again, as if there were no table.
/// - At most 4,096 names of 64 characters (0.6 MB) and 512 sets of 64 names and 1,024 characters (512 * 4.5 KB = 2.3 MB) are kept alive, by
///   whatever texts; ordinary ones keep a tenth of that. Values are never kept.
/// </remarks>
internal static class SharedNames
{
    private const int NameSlotBits = 12;
    private const int SetSlotBits = 9;
    private const int NameLengthMax = 64;
    private const int SetNamesMax = 64;
    private const int SetCharactersMax = 1_024;

    private static readonly string?[] Names = new string?[1 << NameSlotBits];
    private static readonly PropertyNames?[] Sets = new PropertyNames?[1 << SetSlotBits];

    /// <summary>Spread over all bits, so that any number of the highest are a slot. It says only where to look.</summary>
    public static uint HashOf(ReadOnlySpan<byte> name)
    {
        var hash = (uint)name.Length * 0x85EBCA6B;
        if (name.Length >= 4)
        {
            hash ^= BinaryPrimitives.ReadUInt32LittleEndian(name) * 0xC2B2AE35;
            hash = (hash ^ BinaryPrimitives.ReadUInt32LittleEndian(name[^4..])) * 0x27D4EB2F;
        }
        else
        {
            foreach (var unit in name)
                hash = (hash ^ unit) * 0x01000193;
        }

        return hash * 0x9E3779B1;
    }

    /// <summary>The name as text: the string that an earlier text made of it, if that is still known.</summary>
    /// <param name="name">UTF-8 without escapes.</param>
    /// <param name="hash">Its <see cref="HashOf"/>.</param>
    public static string NameOf(ReadOnlySpan<byte> name, uint hash)
    {
        if (name.Length > NameLengthMax)
            return Encoding.UTF8.GetString(name);
        ref var seen = ref Names[hash >> (32 - NameSlotBits)];
        return seen is { } known && Ascii.Equals(name, known) ? known : seen = Encoding.UTF8.GetString(name);
    }

    /// <summary>The set of just these names in this order, if it is still known.</summary>
    public static PropertyNames? Find(ReadOnlySpan<string> names, uint hash) =>
        Sets[hash >> (32 - SetSlotBits)] is { } known && known.AsSpan().SequenceEqual(names) ? known : null;

    /// <summary>Makes the set known, unless it is large: large sets are rare, and seldom twice the same.</summary>
    public static void Keep(PropertyNames names, uint hash)
    {
        if (names.Count > SetNamesMax)
            return;
        var characters = 0;
        foreach (var name in names.AsSpan())
            characters += name.Length;
        if (characters <= SetCharactersMax)
            Sets[hash >> (32 - SetSlotBits)] = names;
    }
}
