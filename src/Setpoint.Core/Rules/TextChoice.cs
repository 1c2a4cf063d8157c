using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Setpoint.Core.Rules;

/// <summary>
/// A few texts, one of which may be asked for: countries, plans. Their first four and last four characters are held as two numbers, which
/// together with the length are all there is to a text of up to eight. Immutable.
/// </summary>
internal sealed class TextChoice(IEnumerable<string> texts)
{
    /// <summary>Longer texts have characters that their ends do not show.</summary>
    private const int EndsLength = 8;

    private readonly Candidate[] _candidates = [.. texts.Select(text => new Candidate(First(text), Last(text), text))];

    // A call of its own: in line, it takes the registers of what it is a part of.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool Contains(string text)
    {
        var first = First(text);
        var last = Last(text);
        foreach (ref readonly var candidate in _candidates.AsSpan())
        {
            if (candidate.First == first && candidate.Last == last && candidate.Text.Length == text.Length
                && (text.Length <= EndsLength || string.Equals(candidate.Text, text, StringComparison.Ordinal)))
                return true;
        }

        return false;
    }

    private static ulong First(ReadOnlySpan<char> text) => text.Length >= 4 ? Four(text[..4]) : Few(text);

    private static ulong Last(ReadOnlySpan<char> text) => text.Length >= 4 ? Four(text[^4..]) : Few(text);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Four(ReadOnlySpan<char> text) => MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(text));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Few(ReadOnlySpan<char> text) => text.Length switch
    {
        0 => 0,
        1 => text[0],
        2 => text[0] | ((ulong)text[1] << 16),
        _ => text[0] | ((ulong)text[1] << 16) | ((ulong)text[2] << 32),
    };

    private readonly record struct Candidate(ulong First, ulong Last, string Text);
}
