using System.Buffers;

namespace Setpoint.Core.Schemas.Formats;

/// <summary>URI templates (RFC 6570 section 2).</summary>
internal static class UriTemplateFormat
{
    // What a literal may not be (section 2.1, and its errata that allow the apostrophe), but for % and the braces, which are looked at
    // one by one.
    private static readonly SearchValues<char> Refused = SearchValues.Create(" \"<>\\^`|");
    private static readonly SearchValues<char> Operators = SearchValues.Create("+#./;?&=,!@|");

    public static bool IsTemplate(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '{')
            {
                var close = text[i..].IndexOf('}');
                if (close < 0 || !IsExpression(text[(i + 1)..(i + close)]))
                    return false;
                i += close;
            }
            else if (c == '%')
            {
                if (!IsEscape(text[i..]))
                    return false;
                i += 2;
            }
            else if (c is '}' or < '!' or '\u007F' || Refused.Contains(c))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsExpression(ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty && Operators.Contains(text[0]))
            text = text[1..];
        while (true)
        {
            var comma = text.IndexOf(',');
            if (!IsVariable(comma < 0 ? text : text[..comma]))
                return false;
            if (comma < 0)
                return true;
            text = text[(comma + 1)..];
        }
    }

    /// <summary>A name with dots inside, then <c>*</c> or <c>:</c> and a length of up to four digits.</summary>
    private static bool IsVariable(ReadOnlySpan<char> text)
    {
        if (text.EndsWith("*"))
            text = text[..^1];
        else if (text.IndexOf(':') is var colon and >= 0)
        {
            var length = text[(colon + 1)..];
            if (length.Length is 0 or > 4 || length[0] is < '1' or > '9' || length.ContainsAnyExceptInRange('0', '9'))
                return false;
            text = text[..colon];
        }

        var afterDot = true;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '.' && afterDot)
                return false;
            afterDot = text[i] == '.';
            if (text[i] == '%')
            {
                if (!IsEscape(text[i..]))
                    return false;
                i += 2;
            }
            else if (!afterDot && !char.IsAsciiLetterOrDigit(text[i]) && text[i] != '_')
            {
                return false;
            }
        }

        return !afterDot;
    }

    private static bool IsEscape(ReadOnlySpan<char> text) => text.Length >= 3 && char.IsAsciiHexDigit(text[1]) && char.IsAsciiHexDigit(text[2]);
}
