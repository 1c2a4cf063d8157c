using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Setpoint.Core.Json;

/// <summary>A value with nothing inside it.</summary>
/// <param name="Path">JSON Pointer.</param>
/// <param name="Value">A scalar, or an empty object or array.</param>
public readonly record struct JsonLeaf(string Path, JsonValue Value);

/// <summary>Takes a document apart into its leaves.</summary>
public static class JsonLeaves
{
    /// <summary>All leaves in document order. An empty object or array is a leaf, so that nothing of the document is lost.</summary>
    public static ImmutableArray<JsonLeaf> Of(JsonValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var leaves = ImmutableArray.CreateBuilder<JsonLeaf>();
        Add(value, new StringBuilder(), leaves);
        return leaves.DrainToImmutable();
    }

    /// <summary>The number of leaves.</summary>
    public static int Count(JsonValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var count = 0;
        switch (value)
        {
            case JsonObject { Count: > 0 } members:
                foreach (var inner in members.Values)
                    count += Count(inner);
                return count;
            case JsonArray { Items.Length: > 0 } array:
                foreach (var inner in array.Items)
                    count += Count(inner);
                return count;
            default:
                return 1;
        }
    }

    private static void Add(JsonValue value, StringBuilder path, ImmutableArray<JsonLeaf>.Builder leaves)
    {
        var length = path.Length;
        switch (value)
        {
            case JsonObject { Count: > 0 } members:
                for (var i = 0; i < members.Count; i++)
                {
                    JsonPointer.AppendSegment(path, members.NameAt(i));
                    Add(members.ValueAt(i), path, leaves);
                    path.Length = length;
                }

                break;
            case JsonArray { Items.Length: > 0 } array:
                for (var i = 0; i < array.Items.Length; i++)
                {
                    path.Append('/').Append(CultureInfo.InvariantCulture, $"{i}");
                    Add(array.Items[i], path, leaves);
                    path.Length = length;
                }

                break;
            default:
                leaves.Add(new(path.ToString(), value));
                break;
        }
    }
}
