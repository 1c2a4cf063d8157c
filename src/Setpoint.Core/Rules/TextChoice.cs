using System.Runtime.CompilerServices;

namespace Setpoint.Core.Rules;

/// <summary>
/// A few texts, one of which may be asked for: countries, plans. Their first two and last two characters are held side by side, so that
/// those that differ there, nearly all, cost one comparison of numbers each. Immutable.
/// </summary>
internal sealed class TextChoice(IEnumerable<string> texts)
{
    /// <summary>Longer texts have characters that their ends do not show.</summary>
    private const int EndsLength = 4;

    private readonly (ulong Ends, string Text)[] _candidates = [.. texts.Select(text => (EndsOf(text), text))];

    public bool Contains(string text)
    {
        var ends = EndsOf(text);
        foreach (ref readonly var candidate in _candidates.AsSpan())
        {
            if (candidate.Ends == ends && candidate.Text.Length == text.Length
                && (text.Length <= EndsLength || string.Equals(candidate.Text, text, StringComparison.Ordinal)))
                return true;
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong EndsOf(string text) => text.Length >= 2
        ? text[0] | ((ulong)text[1] << 16) | ((ulong)text[^2] << 32) | ((ulong)text[^1] << 48)
        : text.Length == 1 ? text[0] : 0UL;
}
