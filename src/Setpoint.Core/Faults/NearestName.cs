namespace Setpoint.Core.Faults;

/// <summary>Finds the name that somebody meant, for the "did you mean" of a refusal.</summary>
internal static class NearestName
{
    // Names come from outside: both bounds keep the work for one message at some four million steps, and mostly far below.
    private const int LengthMax = 64;
    private const int KnownMax = 1_000;

    /// <summary>
    /// The known name that is the fewest slips away, whatever the case of its letters; of several the first; null if none is near, or what
    /// was written is longer than any name that people write. Only the first 1,000 are looked at.
    /// </summary>
    public static string? Of(string written, IEnumerable<string> known)
    {
        if (written.Length is 0 or > LengthMax)
            return null;
        string? nearest = null;
        var least = SlipsMax(written) + 1;
        foreach (var name in known.Take(KnownMax))
        {
            if (name.Length > LengthMax || Math.Abs(name.Length - written.Length) >= least)
                continue;
            var slips = Slips(written, name, least);
            if (slips < least)
                (nearest, least) = (name, slips);
        }

        return nearest;
    }

    /// <summary>One slip in a name of up to three letters, where two would make anything of it; else two, or one in three letters.</summary>
    private static int SlipsMax(string written) => written.Length < 4 ? 1 : Math.Max(2, written.Length / 3);

    /// <summary>
    /// Slips from one text to the other: letters left out, put in, exchanged, or swapped with their neighbour (optimal string alignment;
    /// Damerau 1964). 1. A row holds the slips from the first letters of one text to each beginning of the other. 2. Each entry is the best
    /// of the four. 3. Two rows before are kept, for the swap. 4. A row that nowhere is below the bound ends it: the least of a row is never
    /// less than that of the row before.
    /// </summary>
    /// <returns>The slips if there are fewer than <paramref name="bound"/>, else any number from it on.</returns>
    private static int Slips(string from, string to, int bound)
    {
        Span<int> room = stackalloc int[3 * (LengthMax + 1)];
        var width = to.Length + 1;
        var (before, last, row) = (0, width, 2 * width);
        for (var j = 0; j < width; j++)
            room[last + j] = j;
        for (var i = 1; i <= from.Length; i++)
        {
            room[row] = i;
            var best = i;
            for (var j = 1; j < width; j++)
            {
                var slips = Math.Min(
                    Math.Min(room[last + j], room[row + j - 1]) + 1,
                    room[last + j - 1] + (Same(from[i - 1], to[j - 1]) ? 0 : 1));
                if (i > 1 && j > 1 && Same(from[i - 1], to[j - 2]) && Same(from[i - 2], to[j - 1]))
                    slips = Math.Min(slips, room[before + j - 2] + 1);
                room[row + j] = slips;
                best = Math.Min(best, slips);
            }

            if (best >= bound)
                return best;
            (before, last, row) = (last, row, before);
        }

        return room[last + width - 1];
    }

    private static bool Same(char left, char right) => char.ToUpperInvariant(left) == char.ToUpperInvariant(right);
}
