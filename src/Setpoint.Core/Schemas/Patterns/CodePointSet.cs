using System.Collections.Immutable;

namespace Setpoint.Core.Schemas.Patterns;

/// <summary>A set of Unicode characters as sorted ranges that neither touch nor overlap. Surrogates are in no set: they are halves of characters.</summary>
internal sealed class CodePointSet
{
    public const int Last = 0x10FFFF;

    private const int SurrogatesFrom = 0xD800;
    private const int SurrogatesTo = 0xDFFF;

    public static readonly CodePointSet None = new([]);
    public static readonly CodePointSet All = Of((0, Last));

    private CodePointSet(ImmutableArray<(int From, int To)> ranges) => Ranges = ranges;

    public ImmutableArray<(int From, int To)> Ranges { get; }

    public static CodePointSet Of(params IEnumerable<(int From, int To)> ranges)
    {
        var merged = new List<(int From, int To)>();
        foreach (var (from, to) in ranges.SelectMany(WithoutSurrogates).OrderBy(range => range.From))
        {
            if (merged.Count > 0 && from <= merged[^1].To + 1)
                merged[^1] = (merged[^1].From, Math.Max(merged[^1].To, to));
            else
                merged.Add((from, to));
        }

        return new([.. merged]);
    }

    public static CodePointSet Of(int character) => Of((character, character));

    public static CodePointSet Union(params IEnumerable<CodePointSet> sets) => Of(sets.SelectMany(set => set.Ranges));

    public CodePointSet Complement()
    {
        var rest = new List<(int From, int To)>();
        var next = 0;
        foreach (var (from, to) in Ranges)
        {
            if (from > next)
                rest.Add((next, from - 1));
            next = to + 1;
        }

        if (next <= Last)
            rest.Add((next, Last));
        return Of(rest);
    }

    public bool Contains(int character)
    {
        // The first range that does not end before the character.
        var (low, high) = (0, Ranges.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Ranges[middle].To < character)
                low = middle + 1;
            else
                high = middle;
        }

        return low < Ranges.Length && Ranges[low].From <= character;
    }

    private static IEnumerable<(int From, int To)> WithoutSurrogates((int From, int To) range)
    {
        if (range.From < SurrogatesFrom)
            yield return (range.From, Math.Min(range.To, SurrogatesFrom - 1));
        if (range.To > SurrogatesTo)
            yield return (Math.Max(range.From, SurrogatesTo + 1), range.To);
    }
}
