using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Setpoint.Core.Json;

namespace Setpoint.Core.Evolution;

/// <summary>
/// Where a step acts: a key, dotted or as a JSON Pointer, in which a part <c>*</c> stands for every property or item. Immutable.
/// </summary>
/// <remarks>A property whose name is <c>*</c> cannot be named alone, and the inside of a removal (<c>$unset</c>) not at all.</remarks>
internal sealed class StepPlace
{
    /// <summary>The part that stands for every property of an object and every item of an array.</summary>
    public const string Every = "*";

    private StepPlace(ImmutableArray<string> parts) => Parts = parts;

    public ImmutableArray<string> Parts { get; }

    /// <summary>The name of the property, for places that name one.</summary>
    public string Last => Parts[^1];

    public bool HasEvery => Parts.Contains(Every);

    /// <summary>The place in a document, for places without <see cref="Every"/>.</summary>
    public JsonPointer Pointer => JsonPointer.Of(Parts);

    /// <summary>Reads the text form; <paramref name="problem"/> names the rule that is broken.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out StepPlace? place, [NotNullWhen(false)] out string? problem)
    {
        place = null;
        if (!KeyPath.TryParse(text, out var key, out problem))
            return false;
        if (key.Pointer.Segments.Contains(JsonMerge.Unset))
        {
            problem = $"'{JsonMerge.Unset}' marks a removal and is no property; name the property that may be removed.";
            return false;
        }

        place = new(key.Pointer.Segments);
        return true;
    }

    /// <summary>The same object's property of another name.</summary>
    public StepPlace Beside(string name) => new(Parts.SetItem(Parts.Length - 1, name));

    public bool Contains(StepPlace other) => Pointer.Contains(other.Pointer);

    public bool SameAs(StepPlace other) => Parts.AsSpan().SequenceEqual(other.Parts.AsSpan());

    /// <summary>The text form, as a JSON Pointer.</summary>
    public override string ToString() => Pointer.ToString();
}
