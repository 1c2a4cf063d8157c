namespace Setpoint.Core.Rules;

/// <summary>Finds the name that someone meant.</summary>
internal static class NearestName
{
    /// <summary>The known name that is fewest edits away, at most a third of its length or one; null if none is near.</summary>
    public static string? Of(string wanted, IEnumerable<string> known)
    {
        string? nearest = null;
        var least = int.MaxValue;
        // In order, so that a tie is broken the same way each time.
        foreach (var name in known.Order(StringComparer.Ordinal))
        {
            var most = Math.Max(1, name.Length / 3);
            if (Math.Abs(wanted.Length - name.Length) > most)
                continue;
            var edits = Edits(wanted, name);
            if (edits <= most && edits < least)
                (nearest, least) = (name, edits);
        }

        return nearest;
    }

    /// <summary>
    /// Levenshtein's distance, letters of either case alike: 1. row i holds the edits from the first i characters to each beginning of the
    /// other; 2. each entry is the best of leaving out, putting in and replacing; 3. only the row before is kept.
    /// </summary>
    private static int Edits(string from, string to)
    {
        var row = new int[to.Length + 1];
        for (var j = 0; j <= to.Length; j++)
            row[j] = j;
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = diagonal + (char.ToUpperInvariant(from[i - 1]) == char.ToUpperInvariant(to[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
