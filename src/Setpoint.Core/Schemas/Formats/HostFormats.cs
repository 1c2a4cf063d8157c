namespace Setpoint.Core.Schemas.Formats;

/// <summary>Names of hosts.</summary>
internal static class HostFormats
{
    private const int NameMax = 253;
    private const int LabelMax = 63;

    /// <summary>RFC 1123 section 2.1. A label that begins with <c>xn--</c> must stand for an international one (RFC 5890).</summary>
    public static bool IsHostname(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > NameMax)
            return false;
        while (true)
        {
            var dot = text.IndexOf('.');
            var label = dot < 0 ? text : text[..dot];
            if (!IsLabel(label))
                return false;
            if (dot < 0)
                return true;
            text = text[(dot + 1)..];
        }
    }

    /// <summary>RFC 5890 section 2.3.2.3, with the rules of context of RFC 5892 appendix A.</summary>
    public static bool IsInternationalHostname(string text)
    {
        if (text.Length == 0)
            return false;
        var length = 0;

        // Four characters end a label (RFC 3490 section 3.1): the full stop and its wide kin.
        foreach (var label in text.Split('.', '\u3002', '\uFF0E', '\uFF61'))
        {
            var encoded = IdnLabel.EncodedLength(label);
            if (encoded is 0 or > LabelMax)
                return false;
            length += encoded + 1;
        }

        return length - 1 <= NameMax;
    }

    public static bool IsLabel(ReadOnlySpan<char> label)
    {
        if (label.Length is 0 or > LabelMax || label[0] == '-' || label[^1] == '-')
            return false;
        foreach (var c in label)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                return false;
        }

        if (label.Length < 4 || label[2] != '-' || label[3] != '-')
            return true;
        return label.StartsWith("xn--", StringComparison.OrdinalIgnoreCase) && IdnLabel.IsEncoded(label[4..]);
    }
}
