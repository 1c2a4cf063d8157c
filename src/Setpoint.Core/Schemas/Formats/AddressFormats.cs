namespace Setpoint.Core.Schemas.Formats;

/// <summary>IP addresses as text.</summary>
internal static class AddressFormats
{
    /// <summary>Four decimal numbers of RFC 2673 section 3.2, without leading zeros: some read those as octal.</summary>
    public static bool IsIpv4(ReadOnlySpan<char> text)
    {
        var parts = 0;
        while (true)
        {
            var dot = text.IndexOf('.');
            var part = dot < 0 ? text : text[..dot];
            if (part.Length is 0 or > 3 || part.ContainsAnyExceptInRange('0', '9') || (part.Length > 1 && part[0] == '0'))
                return false;
            if (part.Length == 3 && part.SequenceCompareTo("255") > 0)
                return false;
            parts++;
            if (dot < 0)
                return parts == 4;
            text = text[(dot + 1)..];
        }
    }

    /// <summary>RFC 4291 section 2.2: eight groups, one run of zeros as <c>::</c>, the last two perhaps as IPv4. No zone.</summary>
    public static bool IsIpv6(ReadOnlySpan<char> text)
    {
        var groups = 0;
        var shortened = false;
        if (text.StartsWith("::"))
        {
            shortened = true;
            text = text[2..];
            if (text.IsEmpty)
                return true;
        }

        while (true)
        {
            var colon = text.IndexOf(':');
            var group = colon < 0 ? text : text[..colon];
            if (colon < 0 && group.Contains('.'))
            {
                groups += 2;
                return IsIpv4(group) && (shortened ? groups < 8 : groups == 8);
            }

            if (group.Length is 0 or > 4)
                return false;
            foreach (var c in group)
            {
                if (!char.IsAsciiHexDigit(c))
                    return false;
            }

            groups++;
            if (colon < 0)
                return shortened ? groups < 8 : groups == 8;
            text = text[(colon + 1)..];
            if (text.StartsWith(":"))
            {
                if (shortened)
                    return false;
                shortened = true;
                text = text[1..];
                if (text.IsEmpty)
                    return groups < 8;
            }
        }
    }
}
