using System.Runtime.CompilerServices;

namespace Setpoint.Core.Rules;

/// <summary>
/// A few texts, one of which may be asked for: countries, plans. The first and the last word of a text, with the length, are all there is to a
/// text of up to eight characters, and tell nearly all longer ones apart. Immutable.
/// </summary>
internal sealed class TextChoice(IEnumerable<string> texts)
{
    private const int ShortMax = 2 * TextWords.Length;

    private readonly Candidate[] _candidates = [.. texts.Select(text => text.Length < TextWords.Length
        ? new Candidate(TextWords.Few(text), 0, text)
        : new Candidate(TextWords.First(text), TextWords.Last(text), text))];

    public bool Contains(string text)
    {
        var length = text.Length;
        ulong first, last = 0;
        if (length < TextWords.Length)
        {
            first = TextWords.Few(text);
        }
        else
        {
            first = TextWords.First(text);
            last = TextWords.Last(text);
            // Behind the last use of anything: what makes a call keeps nothing in registers, and most texts need none.
            if (length > ShortMax)
                return ContainsLong(text, first, last);
        }

        foreach (ref readonly var candidate in _candidates.AsSpan())
        {
            if (candidate.First == first && candidate.Last == last && candidate.Text.Length == length)
                return true;
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ContainsLong(string text, ulong first, ulong last)
    {
        foreach (ref readonly var candidate in _candidates.AsSpan())
        {
            if (candidate.First == first && candidate.Last == last && string.Equals(candidate.Text, text, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    private readonly record struct Candidate(ulong First, ulong Last, string Text);
}
