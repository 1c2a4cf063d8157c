using System.Diagnostics.CodeAnalysis;

namespace Setpoint.Core.Ledger;

/// <summary>The grammar of the names of namespaces and environments.</summary>
public static class Names
{
    /// <summary>The namespace below all others.</summary>
    public const string Global = "global";

    public const int LengthMax = 128;

    /// <summary>
    /// 1 to 128 characters: a letter or digit, then letters, digits, <c>.</c>, <c>_</c> or <c>-</c>. Such a name is the same in a URL, a
    /// file name and an address.
    /// </summary>
    public static bool IsValid([NotNullWhen(true)] string? name)
    {
        if (name is null || name.Length is 0 or > LengthMax || !char.IsAsciiLetterOrDigit(name[0]))
            return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
                return false;
        }

        return true;
    }

    /// <summary>The rule as a sentence for an error message.</summary>
    public static string Explain(string what, string name) =>
        $"{what} name '{name}' is not allowed: 1 to {LengthMax} characters, a letter or digit first, then letters, digits, '.', '_' or '-'.";
}
