namespace Setpoint.Core.Templates;

/// <summary><c>${param:name}</c> in a text.</summary>
/// <param name="Start">Of the dollar sign.</param>
/// <param name="End">Behind the closing brace, or the end of the text where there is none.</param>
/// <param name="Name">The parameter; null where the brace is missing.</param>
internal readonly record struct Placeholder(int Start, int End, string? Name)
{
    private const string Opening = "${param:";

    // A literal "${": what follows is text, here and when references are resolved later.
    private const string Escape = "$${";

    public bool Fills(string text) => Start == 0 && End == text.Length;

    /// <summary>
    /// The first placeholder at or behind <paramref name="from"/>. Read from left to right, so that the last two dollars of
    /// <c>$$${param:x}</c> are the escape. Every other <c>${...}</c> is a reference and none of a template's business.
    /// </summary>
    public static bool TryFind(string text, int from, out Placeholder found)
    {
        for (var at = text.IndexOf('$', from); at >= 0; at = text.IndexOf('$', at))
        {
            var rest = text.AsSpan(at);
            if (rest.StartsWith(Escape, StringComparison.Ordinal))
            {
                at += Escape.Length;
            }
            else if (rest.StartsWith(Opening, StringComparison.Ordinal))
            {
                var name = at + Opening.Length;
                var close = text.IndexOf('}', name);
                found = close < 0 ? new(at, text.Length, null) : new(at, close + 1, text[name..close]);
                return true;
            }
            else
            {
                at++;
            }
        }

        found = default;
        return false;
    }
}
