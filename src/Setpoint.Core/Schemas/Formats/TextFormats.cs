namespace Setpoint.Core.Schemas.Formats;

/// <summary>Small grammars.</summary>
internal static class TextFormats
{
    /// <summary>RFC 4122: 8-4-4-4-12 hexadecimal digits.</summary>
    public static bool IsUuid(ReadOnlySpan<char> text)
    {
        if (text.Length != 36)
            return false;
        for (var i = 0; i < text.Length; i++)
        {
            if (i is 8 or 13 or 18 or 23 ? text[i] != '-' : !char.IsAsciiHexDigit(text[i]))
                return false;
        }

        return true;
    }

    /// <summary>RFC 6901 section 3, as a JSON string and not as a URI fragment.</summary>
    public static bool IsPointer(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return true;
        if (text[0] != '/')
            return false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '~' && (i + 1 == text.Length || text[i + 1] is not ('0' or '1')))
                return false;
        }

        return true;
    }

    /// <summary>A number of levels up without leading zeros, then <c>#</c> or a pointer.</summary>
    public static bool IsRelativePointer(ReadOnlySpan<char> text)
    {
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        if (digits < 0)
            digits = text.Length;
        if (digits == 0 || (digits > 1 && text[0] == '0'))
            return false;
        var rest = text[digits..];
        return rest is "#" || IsPointer(rest);
    }
}
