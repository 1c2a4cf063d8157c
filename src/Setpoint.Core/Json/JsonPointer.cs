using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Setpoint.Core.Faults;

namespace Setpoint.Core.Json;

/// <summary>
/// A JSON Pointer (RFC 6901): where a value lies in a document. Equal pointers lead to the same place in every document. Immutable.
/// </summary>
public sealed class JsonPointer : IEquatable<JsonPointer>
{
    /// <summary>A longer pointer leads nowhere: no document is that deep. The bound keeps recursion along a pointer harmless.</summary>
    public const int SegmentsMax = JsonLimits.DepthCeiling;

    private const int TextShownMax = 128;

    /// <summary>The whole document.</summary>
    public static readonly JsonPointer Root = new([]);

    private JsonPointer(ImmutableArray<string> segments) => Segments = segments;

    /// <summary>Decoded property names and array indexes, outermost first.</summary>
    public ImmutableArray<string> Segments { get; }

    public bool IsRoot => Segments.IsEmpty;

    /// <exception cref="ArgumentOutOfRangeException">Over <see cref="SegmentsMax"/> segments.</exception>
    public static JsonPointer Of(params ImmutableArray<string> segments)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(segments.Length, SegmentsMax, nameof(segments));
        return segments.IsEmpty ? Root : new(segments);
    }

    /// <summary>Reads the text form: empty for the whole document, else <c>/segment/segment</c> with <c>~0</c> for ~ and <c>~1</c> for /.</summary>
    public static Result<JsonPointer> Parse(string text) =>
        TryParse(text, out var pointer, out var problem) ? pointer : new Fault.Malformed(problem);

    /// <summary>Reads the text form; <paramref name="problem"/> names the rule that is broken.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out JsonPointer? pointer, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        pointer = null;
        if (text.Length == 0)
        {
            pointer = Root;
            problem = null;
            return true;
        }

        if (text[0] != '/')
        {
            problem = $"'{Phrase.Clip(text, TextShownMax)}' is no JSON Pointer: it is neither empty nor starts with '/'.";
            return false;
        }

        if (text.AsSpan().Count('/') > SegmentsMax)
        {
            problem = $"A JSON Pointer has at most {SegmentsMax} segments.";
            return false;
        }

        for (var tilde = text.IndexOf('~', StringComparison.Ordinal); tilde >= 0; tilde = text.IndexOf('~', tilde + 1))
        {
            if (tilde + 1 < text.Length && text[tilde + 1] is '0' or '1')
                continue;
            problem = $"'{Phrase.Clip(text, TextShownMax)}' is no JSON Pointer: '~' must be followed by 0 or 1 (~0 stands for ~, ~1 for /).";
            return false;
        }

        // ~1 first would turn ~01 (which is "~1") into "/".
        var parts = text[1..].Split('/');
        for (var i = 0; i < parts.Length; i++)
            parts[i] = parts[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        pointer = new([.. parts]);
        problem = null;
        return true;
    }

    /// <summary>The place one step further in.</summary>
    public JsonPointer Append(string segment) => Of(Segments.Add(segment));

    /// <inheritdoc cref="Append(string)"/>
    public JsonPointer Append(int index) => Append(index.ToString(CultureInfo.InvariantCulture));

    /// <summary>The first segments of this pointer.</summary>
    public JsonPointer Take(int count) => count == Segments.Length ? this : Of(Segments[..count]);

    /// <summary>The value at this place, or null if there is none. <c>-</c>, the item after the last, never has a value.</summary>
    public JsonValue? Resolve(JsonValue root)
    {
        ArgumentNullException.ThrowIfNull(root);
        JsonValue? value = root;
        foreach (var segment in Segments)
        {
            value = value switch
            {
                JsonObject members => members[segment],
                JsonArray array when TryIndex(segment, out var index) && index < array.Items.Length => array.Items[index],
                _ => null,
            };
            if (value is null)
                break;
        }

        return value;
    }

    /// <summary>True if the other place lies inside the value at this one.</summary>
    public bool Contains(JsonPointer other) =>
        other.Segments.Length > Segments.Length && other.Segments.AsSpan()[..Segments.Length].SequenceEqual(Segments.AsSpan());

    /// <summary>Reads a segment as the index of an array item: digits without superfluous zeros.</summary>
    public static bool TryIndex(string segment, out int index)
    {
        index = 0;
        return segment.Length > 0
            && (segment[0] != '0' || segment.Length == 1)
            && int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }

    /// <summary>Appends <c>/</c> and the escaped segment.</summary>
    internal static void AppendSegment(StringBuilder text, string segment)
    {
        text.Append('/');
        var escapable = segment.AsSpan().IndexOfAny('~', '/');
        if (escapable < 0)
        {
            text.Append(segment);
            return;
        }

        foreach (var c in segment)
        {
            _ = c switch
            {
                '~' => text.Append("~0"),
                '/' => text.Append("~1"),
                _ => text.Append(c),
            };
        }
    }

    public bool Equals(JsonPointer? other) => other is not null && other.Segments.AsSpan().SequenceEqual(Segments.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as JsonPointer);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var segment in Segments)
            hash.Add(segment, StringComparer.Ordinal);
        return hash.ToHashCode();
    }

    /// <summary>The text form; empty for the whole document.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var segment in Segments)
            AppendSegment(text, segment);
        return text.ToString();
    }
}
