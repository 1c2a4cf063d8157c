using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Setpoint.Core.Rules;

/// <summary>
/// A few texts, one of which may be asked for: countries, plans. The first four and the last four characters of a text are two numbers, which
/// with the length are all there is to a text of up to eight. Immutable.
/// </summary>
internal sealed class TextChoice
{
    private const int ShortMax = 8;

    private readonly Short[] _short;
    private readonly string[] _long;

    public TextChoice(IEnumerable<string> texts)
    {
        var byLength = texts.ToLookup(text => text.Length <= ShortMax);
        _short = [.. byLength[true].Select(text => new Short(text.Length < 4 ? Few(text) : First(text), text.Length < 4 ? 0 : Last(text), text.Length))];
        _long = [.. byLength[false]];
    }

    public bool Contains(string text)
    {
        var length = text.Length;
        ulong first, last = 0;
        if (length < 4)
        {
            first = Few(text);
        }
        else
        {
            // A call behind the last use of anything: what is short keeps its registers.
            if (length > ShortMax)
                return ContainsLong(text);
            first = First(text);
            last = Last(text);
        }

        foreach (ref readonly var candidate in _short.AsSpan())
        {
            if (candidate.First == first && candidate.Last == last && candidate.Length == length)
                return true;
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ContainsLong(string text) => Array.IndexOf(_long, text) >= 0;

    private static ulong First(string text) => Four(text.AsSpan(0, 4));

    private static ulong Last(string text) => Four(text.AsSpan(text.Length - 4, 4));

    private static ulong Four(ReadOnlySpan<char> text) => MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(text));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Few(string text) => text.Length == 0 ? 0 : text[0] | ((ulong)text[text.Length >> 1] << 16) | ((ulong)text[^1] << 32);

    private readonly record struct Short(ulong First, ulong Last, int Length);
}
