namespace Setpoint.Core.Evolution;

/// <summary>Finds the name that somebody meant.</summary>
internal static class NameDistance
{
    // Two slips: a swapped pair of letters is two, a wrong case none.
    private const int DistanceMax = 2;

    /// <summary>The known name with the fewest letters to insert, remove or exchange, whatever their case; null if none is near.</summary>
    public static string? Nearest(string name, ReadOnlySpan<string> known)
    {
        string? nearest = null;
        var least = DistanceMax + 1;
        foreach (var candidate in known)
        {
            // Also the bound of the work: a name may be a megabyte.
            if (Math.Abs(candidate.Length - name.Length) > DistanceMax)
                continue;
            var distance = Between(name.ToLowerInvariant(), candidate);
            if (distance < least)
                (nearest, least) = (candidate, distance);
        }

        return nearest;
    }

    /// <summary>Levenshtein's distance, row by row.</summary>
    private static int Between(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 0; i < left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i + 1;
            for (var j = 0; j < right.Length; j++)
            {
                var changed = diagonal + (left[i] == right[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(changed, Math.Min(row[j], diagonal) + 1);
            }
        }

        return row[right.Length];
    }
}
