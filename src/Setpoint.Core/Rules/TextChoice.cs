namespace Setpoint.Core.Rules;

/// <summary>
/// A few texts, one of which may be asked for: countries, plans. The first and the last word of a text, with the length, are all there is to a
/// text of up to eight characters, and tell nearly all longer ones apart. Immutable.
/// </summary>
internal sealed class TextChoice(IEnumerable<string> texts)
{
    /// <summary>The longest text that <see cref="ContainsShort"/> may be asked for.</summary>
    public const int ShortMax = 2 * TextWords.Length;

    private readonly Candidate[] _candidates = [.. texts.Select(text => text.Length < TextWords.Length
        ? new Candidate(TextWords.Few(text), 0, text)
        : new Candidate(TextWords.First(text), TextWords.Last(text), text))];

    public bool Contains(string text) => text.Length <= ShortMax ? ContainsShort(text) : ContainsLong(text);

    public bool ContainsShort(string text)
    {
        var (first, last) = text.Length < TextWords.Length ? (TextWords.Few(text), 0) : (TextWords.First(text), TextWords.Last(text));
        foreach (ref readonly var candidate in _candidates.AsSpan())
        {
            if (candidate.First == first && candidate.Last == last && candidate.Text.Length == text.Length)
                return true;
        }

        return false;
    }

    private bool ContainsLong(string text)
    {
        var (first, last) = (TextWords.First(text), TextWords.Last(text));
        foreach (ref readonly var candidate in _candidates.AsSpan())
        {
            if (candidate.First == first && candidate.Last == last && string.Equals(candidate.Text, text, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    private readonly record struct Candidate(ulong First, ulong Last, string Text);
}
