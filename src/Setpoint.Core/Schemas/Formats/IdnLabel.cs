using System.Globalization;
using System.Text;

namespace Setpoint.Core.Schemas.Formats;

/// <summary>A label of an international host name (IDNA 2008).</summary>
internal static class IdnLabel
{
    private static readonly IdnMapping Punycode = new() { AllowUnassigned = true, UseStd3AsciiRules = false };

    /// <summary>Characters of the label as DNS has it; 0 if the label is not allowed.</summary>
    public static int EncodedLength(string label)
    {
        if (label.Length == 0)
            return 0;
        if (Ascii.IsValid(label))
            return HostFormats.IsLabel(label) ? label.Length : 0;
        return IsAllowed(label) && TryEncode(label, out var encoded) ? encoded.Length : 0;
    }

    /// <summary>True for what follows <c>xn--</c>, if it stands for a label that is allowed and is encoded as it should be.</summary>
    public static bool IsEncoded(ReadOnlySpan<char> text)
    {
        var label = $"xn--{text}".ToLowerInvariant();
        try
        {
            var decoded = Punycode.GetUnicode(label);
            return decoded != label && IsAllowed(decoded) && TryEncode(decoded, out var again) && again == label;
        }
        catch (ArgumentException)
        {
            // Its way to say that the text is no punycode.
            return false;
        }
    }

    private static bool TryEncode(string label, out string encoded)
    {
        encoded = string.Empty;
        try
        {
            encoded = Punycode.GetAscii(label);
            return true;
        }
        catch (ArgumentException)
        {
            // Its way to say that the label is too long or has no form in DNS.
            return false;
        }
    }

    private static bool IsAllowed(string label)
    {
        if (label[0] == '-' || label[^1] == '-' || (label.Length > 3 && label[2] == '-' && label[3] == '-'))
            return false;
        var runes = label.EnumerateRunes().Select(rune => rune.Value).ToArray();
        if (Rune.GetUnicodeCategory(new Rune(runes[0])) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark)
            return false;
        for (var i = 0; i < runes.Length; i++)
        {
            if (!IsAllowed(runes, i))
                return false;
        }

        // Digits of the two Arabic scripts do not mix (appendix A.8 and A.9).
        return !(runes.Any(rune => rune is >= 0x660 and <= 0x669) && runes.Any(rune => rune is >= 0x6F0 and <= 0x6F9));
    }

    private static bool IsAllowed(int[] label, int at)
    {
        var before = at > 0 ? label[at - 1] : 0;
        var after = at + 1 < label.Length ? label[at + 1] : 0;
        switch (label[at])
        {
            // Exceptions (RFC 5892 section 2.6): allowed in spite of their category.
            case 0xDF or 0x3C2 or 0x6FD or 0x6FE or 0xF0B or 0x3007:
                return true;
            // ... and not allowed in spite of it.
            case 0x640 or 0x7FA or 0x302E or 0x302F or (>= 0x3031 and <= 0x3035) or 0x303B:
                return false;
            // MIDDLE DOT between two l (A.3).
            case 0xB7:
                return before == 'l' && after == 'l';
            // GREEK KERAIA before Greek (A.4).
            case 0x375:
                return after is (>= 0x370 and <= 0x3FF) or (>= 0x1F00 and <= 0x1FFF);
            // HEBREW GERESH and GERSHAYIM after Hebrew (A.5, A.6).
            case 0x5F3 or 0x5F4:
                return before is >= 0x590 and <= 0x5FF;
            // KATAKANA MIDDLE DOT beside any Hiragana, Katakana or Han (A.7).
            case 0x30FB:
                return label.Any(rune => rune is (>= 0x3041 and <= 0x309F) or (>= 0x30A1 and <= 0x30FA) or (>= 0x30FC and <= 0x30FF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or 0x3005 or 0x3007);
            // ZERO WIDTH NON-JOINER and JOINER after a virama (A.1, A.2).
            case 0x200C or 0x200D:
                return before is 0x94D or 0x9CD or 0xA4D or 0xACD or 0xB4D or 0xBCD or 0xC4D or 0xCCD or 0xD4D or 0xDCA or 0x1039 or 0x17D2;
            default:
                return Rune.GetUnicodeCategory(new Rune(label[at])) is UnicodeCategory.LowercaseLetter or UnicodeCategory.OtherLetter or UnicodeCategory.ModifierLetter
                    or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.UppercaseLetter
                    || label[at] == '-';
        }
    }
}
