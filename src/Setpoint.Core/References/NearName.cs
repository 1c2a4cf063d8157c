using Setpoint.Core.Json;

namespace Setpoint.Core.References;

/// <summary>Finds the name that somebody may have meant.</summary>
internal static class NearName
{
    private const int NameLengthMax = 64;
    private const int NamesMax = 1_000;

    /// <summary>The property whose name is nearest, at most one slip for each three letters away; null if none is near.</summary>
    public static string? Among(JsonObject members, string name)
    {
        if (name.Length > NameLengthMax)
            return null;
        string? nearest = null;
        var least = Math.Max(1, name.Length / 3) + 1;
        for (var i = 0; i < Math.Min(members.Count, NamesMax); i++)
        {
            var candidate = members.NameAt(i);
            if (Math.Abs(candidate.Length - name.Length) >= least)
                continue;
            var distance = Distance(name, candidate);
            if (distance < least)
                (nearest, least) = (candidate, distance);
        }

        return nearest;
    }

    /// <summary>Levenshtein's distance without regard to case, row by row.</summary>
    private static int Distance(string left, string right)
    {
        Span<int> row = stackalloc int[(2 * NameLengthMax) + 1];
        for (var j = 0; j <= right.Length; j++)
            row[j] = j;
        for (var i = 0; i < left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i + 1;
            for (var j = 0; j < right.Length; j++)
            {
                var exchanged = diagonal + (char.ToUpperInvariant(left[i]) == char.ToUpperInvariant(right[j]) ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(exchanged, Math.Min(row[j], diagonal) + 1);
            }
        }

        return row[right.Length];
    }
}
