namespace Setpoint.Core.Schemas.Compiling;

/// <summary>URIs as RFC 3986 has them, compared as text.</summary>
/// <remarks>
/// System.Uri is not used: it rewrites what it reads (escapes, default ports, host names), has no relative base and does not know that
/// <c>urn:x#/a</c> has a fragment that can be resolved.
/// </remarks>
internal static class SchemaUri
{
    /// <summary>The base of a schema that has no <c>$id</c>; relative references stay relative to it.</summary>
    public const string Unnamed = "schema:///";

    /// <summary>The part before <c>#</c> and the part behind it, which is empty if there is none.</summary>
    public static (string Uri, string Fragment) Split(string uri)
    {
        var mark = uri.IndexOf('#', StringComparison.Ordinal);
        return mark < 0 ? (uri, string.Empty) : (uri[..mark], uri[(mark + 1)..]);
    }

    public static bool IsAbsolute(string uri) => SchemeLength(uri) > 0;

    /// <summary>The reference against its base, which is absolute and has no fragment (RFC 3986 section 5.2.2). The fragment is kept.</summary>
    public static string Resolve(string baseUri, string reference)
    {
        if (IsAbsolute(reference))
            return WithoutDots(reference);
        if (reference.Length == 0)
            return baseUri;
        if (reference[0] == '#')
            return baseUri + reference;

        var (start, path) = Parts(WithoutQuery(baseUri));
        if (reference.StartsWith("//", StringComparison.Ordinal))
            return WithoutDots(baseUri[..SchemeLength(baseUri)] + reference);
        if (reference[0] == '?')
            return WithoutQuery(baseUri) + reference;
        if (reference[0] == '/')
            return WithoutDots(start + reference);

        // Merge (5.2.3): all of the base's path but its last segment.
        var slash = path.LastIndexOf('/');
        var folder = slash >= 0 ? path[..(slash + 1)] : start.EndsWith(':') ? "" : "/";
        return WithoutDots(start + folder + reference);
    }

    private static string WithoutQuery(string uri)
    {
        var mark = uri.IndexOf('?', StringComparison.Ordinal);
        return mark < 0 ? uri : uri[..mark];
    }

    /// <summary>Scheme and authority, and the path behind them.</summary>
    private static (string Start, string Path) Parts(string uri)
    {
        var start = SchemeLength(uri);
        if (uri.AsSpan(start).StartsWith("//"))
        {
            var path = uri.IndexOf('/', start + 2);
            start = path < 0 ? uri.Length : path;
        }

        return (uri[..start], uri[start..]);
    }

    /// <summary>Characters of the scheme with its colon; 0 if there is none.</summary>
    private static int SchemeLength(string uri)
    {
        if (uri.Length == 0 || !char.IsAsciiLetter(uri[0]))
            return 0;
        for (var i = 1; i < uri.Length; i++)
        {
            if (uri[i] == ':')
                return i + 1;
            if (!char.IsAsciiLetterOrDigit(uri[i]) && uri[i] is not ('+' or '-' or '.'))
                return 0;
        }

        return 0;
    }

    /// <summary>Takes <c>.</c> and <c>..</c> out of the path (5.2.4).</summary>
    private static string WithoutDots(string uri)
    {
        if (!uri.Contains("/.", StringComparison.Ordinal))
            return uri;
        var end = uri.AsSpan().IndexOfAny('?', '#');
        var (start, path) = Parts(end < 0 ? uri : uri[..end]);
        var tail = end < 0 ? string.Empty : uri[end..];
        if (!path.StartsWith('/'))
            return uri;

        var kept = new List<string>();
        var segments = path[1..].Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            var last = i == segments.Length - 1;
            if (segments[i] == ".." && kept.Count > 0)
                kept.RemoveAt(kept.Count - 1);
            if (segments[i] is not ("." or ".."))
                kept.Add(segments[i]);
            else if (last)
                kept.Add(string.Empty);
        }

        return $"{start}/{string.Join('/', kept)}{tail}";
    }
}
