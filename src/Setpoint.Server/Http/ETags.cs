using Microsoft.Extensions.Primitives;

namespace Setpoint.Server.Http;

/// <summary>Entity tags as they travel in conditions.</summary>
internal static class ETags
{
    /// <summary>Whether a condition names the tag: weak comparison, and quotes may be missing, as people type them in a shell.</summary>
    /// <param name="condition">The header's values.</param>
    /// <param name="tag">Without quotes.</param>
    public static bool Matches(StringValues condition, string tag)
    {
        for (var i = 0; i < condition.Count; i++)
        {
            if (condition[i] is not { } line)
                continue;
            // The usual case, without taking the line apart.
            if (line.Length == tag.Length + 2 && line[0] == '"' && line.AsSpan(1, tag.Length).SequenceEqual(tag))
                return true;
            foreach (var range in line.AsSpan().Split(','))
            {
                var one = line.AsSpan()[range].Trim();
                if (one is "*" || Bare(one).SequenceEqual(tag))
                    return true;
            }
        }

        return false;
    }

    /// <summary>The tag without quotes and weakness.</summary>
    public static ReadOnlySpan<char> Bare(ReadOnlySpan<char> tag) =>
        (tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag).Trim('"');
}
