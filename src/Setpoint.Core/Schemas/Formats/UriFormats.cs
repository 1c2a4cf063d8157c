using System.Buffers;

namespace Setpoint.Core.Schemas.Formats;

/// <summary>URIs (RFC 3986) and IRIs (RFC 3987) by their grammar.</summary>
internal static class UriFormats
{
    private static readonly SearchValues<char> PathMarks = SearchValues.Create("-._~!$&'()*+,;=:@/");
    private static readonly SearchValues<char> QueryMarks = SearchValues.Create("-._~!$&'()*+,;=:@/?");
    private static readonly SearchValues<char> UserMarks = SearchValues.Create("-._~!$&'()*+,;=:");
    private static readonly SearchValues<char> HostMarks = SearchValues.Create("-._~!$&'()*+,;=");

    /// <summary>With a scheme.</summary>
    public static bool IsUri(ReadOnlySpan<char> text, bool international)
    {
        var colon = text.IndexOf(':');
        return colon > 0 && IsScheme(text[..colon]) && IsRest(text[(colon + 1)..], international);
    }

    /// <summary>With a scheme or relative.</summary>
    public static bool IsReference(ReadOnlySpan<char> text, bool international)
    {
        if (IsUri(text, international))
            return true;

        // A first segment with a colon would be a scheme.
        var colon = text.IndexOf(':');
        var end = text.IndexOfAny('/', '?', '#');
        return (colon < 0 || (end >= 0 && end < colon)) && IsRest(text, international);
    }

    /// <summary>Authority, path, query and fragment.</summary>
    private static bool IsRest(ReadOnlySpan<char> text, bool international)
    {
        var hash = text.IndexOf('#');
        if (hash >= 0)
        {
            if (!All(text[(hash + 1)..], QueryMarks, international, isPrivate: false))
                return false;
            text = text[..hash];
        }

        var question = text.IndexOf('?');
        if (question >= 0)
        {
            if (!All(text[(question + 1)..], QueryMarks, international, isPrivate: true))
                return false;
            text = text[..question];
        }

        if (text.StartsWith("//"))
        {
            var slash = text[2..].IndexOf('/');
            var authority = slash < 0 ? text[2..] : text[2..(slash + 2)];
            if (!IsAuthority(authority, international))
                return false;
            text = slash < 0 ? [] : text[(slash + 2)..];
        }

        return All(text, PathMarks, international, isPrivate: false);
    }

    private static bool IsAuthority(ReadOnlySpan<char> text, bool international)
    {
        var at = text.IndexOf('@');
        if (at >= 0)
        {
            if (!All(text[..at], UserMarks, international, isPrivate: false))
                return false;
            text = text[(at + 1)..];
        }

        if (text.StartsWith("["))
        {
            var close = text.IndexOf(']');
            return close > 0 && IsLiteral(text[1..close]) && IsPort(text[(close + 1)..]);
        }

        var colon = text.IndexOf(':');
        var host = colon < 0 ? text : text[..colon];
        return All(host, HostMarks, international, isPrivate: false) && IsPort(colon < 0 ? [] : text[colon..]);
    }

    /// <summary>An IPv6 address, or <c>v</c>, a version and an address of the future.</summary>
    private static bool IsLiteral(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text[0] is not ('v' or 'V'))
            return AddressFormats.IsIpv6(text);
        var dot = text.IndexOf('.');
        if (dot < 2 || dot == text.Length - 1)
            return false;
        foreach (var c in text[1..dot])
        {
            if (!char.IsAsciiHexDigit(c))
                return false;
        }

        foreach (var c in text[(dot + 1)..])
        {
            if (!char.IsAsciiLetterOrDigit(c) && !UserMarks.Contains(c))
                return false;
        }

        return true;
    }

    private static bool IsPort(ReadOnlySpan<char> text) => text.IsEmpty || (text[0] == ':' && !text[1..].ContainsAnyExceptInRange('0', '9'));

    private static bool IsScheme(ReadOnlySpan<char> text)
    {
        if (!char.IsAsciiLetter(text[0]))
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.'))
                return false;
        }

        return true;
    }

    private static bool All(ReadOnlySpan<char> text, SearchValues<char> marks, bool international, bool isPrivate)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsAsciiLetterOrDigit(c) || marks.Contains(c))
                continue;
            if (c == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                    return false;
                i += 2;
            }
            else if (!international || !IsInternational(c, isPrivate))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary><c>ucschar</c>, and <c>iprivate</c> in a query. Characters beyond the first plane are pairs of surrogates here.</summary>
    private static bool IsInternational(char c, bool isPrivate) => c switch
    {
        < '\u00A0' => false,
        >= '\uE000' and <= '\uF8FF' => isPrivate,
        >= '\uFDD0' and <= '\uFDEF' => false,
        _ => c < '\uFFF0',
    };
}
