using System.Buffers;

namespace Setpoint.Core.Schemas.Formats;

/// <summary>Mail addresses: <c>Mailbox</c> of RFC 5321 section 4.1.2, and with letters of all scripts RFC 6531.</summary>
internal static class MailFormats
{
    private static readonly SearchValues<char> AtomMarks = SearchValues.Create("!#$%&'*+-/=?^_`{|}~");

    public static bool IsEmail(ReadOnlySpan<char> text, bool international)
    {
        var at = text.LastIndexOf('@');
        if (at <= 0 || at == text.Length - 1)
            return false;
        var domain = text[(at + 1)..];
        return IsLocal(text[..at], international) && IsDomain(domain, international);
    }

    private static bool IsLocal(ReadOnlySpan<char> local, bool international)
    {
        if (local[0] == '"')
            return IsQuoted(local, international);
        var afterDot = true;
        foreach (var c in local)
        {
            if (c == '.')
            {
                if (afterDot)
                    return false;
                afterDot = true;
                continue;
            }

            afterDot = false;
            if (!char.IsAsciiLetterOrDigit(c) && !AtomMarks.Contains(c) && !(international && c > 0x7F))
                return false;
        }

        return !afterDot;
    }

    private static bool IsQuoted(ReadOnlySpan<char> local, bool international)
    {
        if (local.Length < 2 || local[^1] != '"')
            return false;
        var inside = local[1..^1];
        for (var i = 0; i < inside.Length; i++)
        {
            var c = inside[i];
            if (c == '"' || c < ' ' || (c > '~' && !international))
                return false;
            if (c == '\\' && ++i == inside.Length)
                return false;
        }

        return true;
    }

    private static bool IsDomain(ReadOnlySpan<char> domain, bool international)
    {
        if (domain[0] == '[')
        {
            if (domain[^1] != ']')
                return false;
            var address = domain[1..^1];
            return address.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase) ? AddressFormats.IsIpv6(address[5..]) : AddressFormats.IsIpv4(address);
        }

        return international ? HostFormats.IsInternationalHostname(domain.ToString()) : HostFormats.IsHostname(domain);
    }
}
