using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Setpoint.Core.Json;

namespace Setpoint.Core.References;

/// <summary>A string of a layer, taken apart into text and references. Immutable.</summary>
/// <remarks>
/// Read from left to right: 1. <c>$${</c> is the text <c>${</c>; 2. <c>${</c> begins a reference, which ends at the next <c>}</c> and is a
/// known provider, a colon and a key; 3. everything else is text. Whatever begins like a reference and is none is refused: a string that
/// slips through half resolved is found out in production.
/// </remarks>
public sealed class ReferenceText
{
    private const string Open = "${";
    private const string Escaped = "$${";

    private ReferenceText(ImmutableArray<ReferencePart> parts) => Parts = parts;

    /// <summary>Neither two texts in a row nor an empty one.</summary>
    public ImmutableArray<ReferencePart> Parts { get; }

    /// <summary>The reference that is the whole string, whose value then keeps its type; null if there is text or another one beside it.</summary>
    public Reference? Whole => Parts is [{ Reference: { } only }] ? only : null;

    /// <summary>False: the string is what it is, without a look at its parts.</summary>
    public static bool MayRefer(string text) => text.Contains(Open, StringComparison.Ordinal);

    /// <summary>Whether the value is a string with a reference in it, or with what begins like one and cannot be read.</summary>
    public static bool Refers(JsonValue value) =>
        value is JsonString { Value: var text } && MayRefer(text) && (!TryParse(text, out var parsed, out _) || parsed.Parts.Any(part => part.Reference is not null));

    /// <summary>Takes a string apart. <paramref name="problem"/> never repeats it: it may be a password with a dollar sign in it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ReferenceText? parsed, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        parsed = null;
        var parts = ImmutableArray.CreateBuilder<ReferencePart>();
        var literal = new StringBuilder();
        var at = 0;
        while (true)
        {
            var open = text.IndexOf(Open, at, StringComparison.Ordinal);
            if (open < 0)
                break;
            if (open > at && text[open - 1] == Escaped[0])
            {
                literal.Append(text, at, open - 1 - at).Append(Open);
                at = open + Open.Length;
                continue;
            }

            literal.Append(text, at, open - at);
            var start = open + Open.Length;
            var close = text.IndexOf('}', start);
            if (close < 0)
            {
                problem = $"The '{Open}' at character {open + 1} is never closed. Close it with '}}', or write '{Escaped}' for a literal '{Open}'.";
                return false;
            }

            if (!TryRead(text.AsSpan(start, close - start), open, out var reference, out problem))
                return false;
            AddLiteral(parts, literal);
            parts.Add(new("", reference));
            at = close + 1;
        }

        literal.Append(text, at, text.Length - at);
        AddLiteral(parts, literal);
        parsed = new(parts.ToImmutable());
        problem = null;
        return true;
    }

    private static bool TryRead(
        ReadOnlySpan<char> inner, int open, [NotNullWhen(true)] out Reference? reference, [NotNullWhen(false)] out string? problem)
    {
        reference = null;
        if (inner.Contains(Open, StringComparison.Ordinal))
        {
            problem = $"The reference at character {open + 1} has another inside it, which is not supported: give the inner value a key of its own, and write '{Escaped}' for a literal '{Open}'.";
            return false;
        }

        var colon = inner.IndexOf(':');
        var provider = colon < 0 ? "" : inner[..colon].ToString();
        if (!Reference.Providers.Contains(provider))
        {
            problem = $"What begins with '{Open}' at character {open + 1} is no reference: that is '${{provider:key}}', where the provider is {Known}. Write '{Escaped}' for a literal '{Open}'.";
            return false;
        }

        if (colon == inner.Length - 1)
        {
            problem = $"The reference '{Open}{provider}:}}' at character {open + 1} names no key. Write '{Escaped}' for a literal '{Open}'.";
            return false;
        }

        reference = new(provider, inner[(colon + 1)..].ToString());
        problem = null;
        return true;
    }

    private static string Known { get; } = string.Join(", ", Reference.Providers.Order(StringComparer.Ordinal).SkipLast(1)) + " or " + Reference.Providers.Max(StringComparer.Ordinal);

    private static void AddLiteral(ImmutableArray<ReferencePart>.Builder parts, StringBuilder literal)
    {
        if (literal.Length > 0)
            parts.Add(new(literal.ToString(), null));
        literal.Clear();
    }
}

/// <summary>Text, or a reference.</summary>
/// <param name="Literal">Empty where there is a reference.</param>
public readonly record struct ReferencePart(string Literal, Reference? Reference);
