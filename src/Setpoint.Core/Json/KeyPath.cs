using System.Diagnostics.CodeAnalysis;
using Setpoint.Core.Faults;

namespace Setpoint.Core.Json;

/// <summary>
/// A key as people write it: dotted (<c>thresholds.alert</c>, <c>servers.0.host</c>), or a JSON Pointer when it starts with <c>/</c>.
/// Never the whole document. Names that hold a dot, are empty or lie first and start with a slash are reached by a pointer only.
/// </summary>
public sealed class KeyPath : IEquatable<KeyPath>
{
    private KeyPath(JsonPointer pointer) => Pointer = pointer;

    public JsonPointer Pointer { get; }

    /// <exception cref="ArgumentException">The pointer is the whole document.</exception>
    public static KeyPath Of(JsonPointer pointer) =>
        pointer.IsRoot ? throw new ArgumentException("A key names a value inside a document.", nameof(pointer)) : new(pointer);

    public static Result<KeyPath> Parse(string text) =>
        TryParse(text, out var path, out var problem) ? path : new Fault.Malformed(problem);

    /// <summary>Reads a key; <paramref name="problem"/> names the rule that is broken.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out KeyPath? path, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        path = null;
        if (text.Length == 0)
        {
            problem = "The key is empty; write it dotted (thresholds.alert) or as a JSON Pointer (/thresholds/alert).";
            return false;
        }

        if (text[0] == '/')
        {
            if (!JsonPointer.TryParse(text, out var pointer, out problem))
                return false;
            path = new(pointer);
            return true;
        }

        if (text.AsSpan().Count('.') >= JsonPointer.SegmentsMax)
        {
            problem = $"A key has at most {JsonPointer.SegmentsMax} parts.";
            return false;
        }

        var parts = text.Split('.');
        if (Array.IndexOf(parts, string.Empty) >= 0)
        {
            problem = "The key has an empty part: dots separate names, and a name that is empty or holds a dot is reached by a JSON Pointer (/a.b/c).";
            return false;
        }

        path = new(JsonPointer.Of([.. parts]));
        problem = null;
        return true;
    }

    public bool Equals(KeyPath? other) => other is not null && other.Pointer.Equals(Pointer);

    public override bool Equals(object? obj) => Equals(obj as KeyPath);

    public override int GetHashCode() => Pointer.GetHashCode();

    /// <summary>Dotted where that leads back to the same place, else a JSON Pointer.</summary>
    public override string ToString()
    {
        foreach (var segment in Pointer.Segments)
        {
            if (segment.Length == 0 || segment.Contains('.', StringComparison.Ordinal))
                return Pointer.ToString();
        }

        return Pointer.Segments[0][0] == '/' ? Pointer.ToString() : string.Join('.', Pointer.Segments);
    }
}
