namespace Setpoint.Core.Faults;

/// <summary>Parts of the sentences that refusals are made of. Texts and names come from outside and may be as long and as many as they like.</summary>
internal static class Phrase
{
    /// <summary>As much of a text as a reader needs to find it again.</summary>
    public const int ShownMax = 64;

    private const int ListedMax = 20;

    /// <summary>The text, cut after so many characters.</summary>
    public static string Clip(string text, int max = ShownMax)
    {
        if (text.Length <= max)
            return text;
        // Half a surrogate pair would be no text.
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[max - 1]) ? max - 1 : max), "...");
    }

    /// <summary>"a", "a and b", "a, b and c"; past so many, how many more there are.</summary>
    public static string List(IReadOnlyList<string> names, int max = ListedMax)
    {
        if (names.Count > max)
            return $"{string.Join(", ", names.Take(max))} and {names.Count - max} more";
        return names.Count < 2 ? string.Concat(names) : $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";
    }
}
