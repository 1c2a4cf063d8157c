using System.Diagnostics.CodeAnalysis;

namespace Setpoint.Core.Flags;

/// <summary>The grammar of the keys of flags and segments, and of the names of variants.</summary>
public static class FlagKeys
{
    /// <summary>In UTF-16 characters. The address has a bound too, which long keys outside ASCII meet first.</summary>
    public const int LengthMax = 128;

    /// <summary>
    /// 1 to 128 characters of any script, blanks and slashes among them, for flagd takes any key. No control characters, which no list
    /// could show; no halves of surrogate pairs, which no two languages write alike; not <c>.</c> or <c>..</c>, which lead elsewhere in a URL.
    /// </summary>
    public static bool IsValid([NotNullWhen(true)] string? key)
    {
        if (string.IsNullOrWhiteSpace(key) || key.Length > LengthMax || key is "." or "..")
            return false;
        for (var i = 0; i < key.Length; i++)
        {
            if (char.IsControl(key[i]))
                return false;
            if (!char.IsSurrogate(key[i]))
                continue;
            if (i + 1 == key.Length || !char.IsSurrogatePair(key[i], key[i + 1]))
                return false;
            i++;
        }

        return true;
    }

    /// <summary>The rule as a sentence for an error message.</summary>
    public static string Explain(string what, string key) =>
        $"{what} '{Clip(key)}' is not allowed: 1 to {LengthMax} characters without control characters, not blank and not '.' or '..'; it has {key.Length}.";

    internal static string Clip(string text) => text.Length <= 64 ? text : string.Concat(text.AsSpan(0, 64), "...");
}
