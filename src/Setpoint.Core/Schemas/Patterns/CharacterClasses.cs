using System.Diagnostics.CodeAnalysis;

namespace Setpoint.Core.Schemas.Patterns;

/// <summary>All characters of Unicode, sorted into classes: two that are in the same sets of a pattern are one class.</summary>
/// <remarks>
/// 1. Where a range of any set begins or ends, an interval begins. All characters of an interval are in the same sets.
/// 2. All intervals are one class at first. Each set in turn splits every class into what is within it and what is not.
/// The class of an ASCII character is a look into a table, that of another a binary search. A lone half of a surrogate pair is in no set.
/// </remarks>
internal sealed class CharacterClasses
{
    public const int Letters = 128;

    // A pattern that people write has ten or so. The work is intervals times sets: 100 sets of a category's size are too many.
    private const int ClassesMax = 128;
    private const int WorkMax = 1 << 17;

    private readonly byte[] _ascii = new byte[Letters];
    private readonly int[] _starts;
    private readonly byte[] _classes;

    private CharacterClasses(int[] starts, byte[] classes, int[] samples)
    {
        _starts = starts;
        _classes = classes;
        Samples = samples;
        for (var c = 0; c < Letters; c++)
            _ascii[c] = Find(c);
    }

    /// <summary>A character of each class, in the order of their numbers.</summary>
    public int[] Samples { get; }

    public int Count => Samples.Length;

    /// <summary>By ASCII character.</summary>
    public byte[] Ascii => _ascii;

    /// <summary>False where there are too many.</summary>
    public static bool TryMake(IReadOnlyList<CodePointSet> sets, [NotNullWhen(true)] out CharacterClasses? made)
    {
        made = null;
        var starts = Starts(sets);
        if ((long)starts.Length * sets.Count > WorkMax)
            return false;

        var classes = new byte[starts.Length];
        foreach (var set in sets)
        {
            if (!TrySplit(classes, starts, set))
                return false;
        }

        var samples = Enumerable.Range(0, starts.Length).DistinctBy(i => classes[i]).OrderBy(i => classes[i]).Select(i => starts[i]);
        made = new CharacterClasses(starts, classes, [.. samples]);
        return true;
    }

    /// <summary>The class of the character that begins at this place; the place moves to the last unit of it.</summary>
    public byte Of(string text, ref int at)
    {
        var unit = text[at];
        if (!char.IsHighSurrogate(unit) || at + 1 == text.Length || !char.IsLowSurrogate(text[at + 1]))
            return Find(unit);
        at++;
        return Find(char.ConvertToUtf32(unit, text[at]));
    }

    private static int[] Starts(IReadOnlyList<CodePointSet> sets)
    {
        var starts = new SortedSet<int> { 0 };
        foreach (var (from, to) in sets.SelectMany(set => set.Ranges))
        {
            starts.Add(from);
            if (to < CodePointSet.Last)
                starts.Add(to + 1);
        }

        return [.. starts];
    }

    private static bool TrySplit(byte[] classes, int[] starts, CodePointSet set)
    {
        var parts = new Dictionary<(byte Class, bool Within), byte>();
        var range = 0;
        for (var i = 0; i < starts.Length; i++)
        {
            while (range < set.Ranges.Length && set.Ranges[range].To < starts[i])
                range++;
            var part = (classes[i], range < set.Ranges.Length && set.Ranges[range].From <= starts[i]);
            if (!parts.TryGetValue(part, out var number))
            {
                if (parts.Count == ClassesMax)
                    return false;
                number = (byte)parts.Count;
                parts.Add(part, number);
            }

            classes[i] = number;
        }

        return true;
    }

    private byte Find(int character)
    {
        var found = Array.BinarySearch(_starts, character);
        return _classes[found >= 0 ? found : ~found - 1];
    }
}
