using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Setpoint.Server.Http;

/// <summary>Content codings that rendered bytes are kept in.</summary>
internal enum ContentCoding
{
    Identity,
    Gzip,
    Brotli,
}

/// <summary>Reads <c>Accept-Encoding</c>.</summary>
internal static class AcceptedEncoding
{
    /// <summary>The smallest coding that the caller takes.</summary>
    public static ContentCoding Of(StringValues header)
    {
        if (header.Count == 0)
            return ContentCoding.Identity;
        var best = ContentCoding.Identity;
        foreach (var line in header)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                var coding = Coding(line.AsSpan()[range].Trim());
                if (coding > best)
                    best = coding;
            }
        }

        return best;
    }

    private static ContentCoding Coding(ReadOnlySpan<char> item)
    {
        var end = item.IndexOf(';');
        var name = end < 0 ? item : item[..end].TrimEnd();
        if (end >= 0)
        {
            var quality = item[(end + 1)..].Trim();
            if (quality.StartsWith("q=", StringComparison.OrdinalIgnoreCase)
                && double.TryParse(quality[2..], NumberStyles.Float, CultureInfo.InvariantCulture, out var weight)
                && weight <= 0)
            {
                return ContentCoding.Identity;
            }
        }

        if (name.Equals("br", StringComparison.OrdinalIgnoreCase))
            return ContentCoding.Brotli;
        return name.Equals("gzip", StringComparison.OrdinalIgnoreCase) ? ContentCoding.Gzip : ContentCoding.Identity;
    }
}
