using System.Text.Json;
using Setpoint.Core.Json;

namespace Setpoint.Server.Sources;

/// <summary>Finds the line and column of a value in JSON text: what the Gate names by a pointer, an editor finds by its place.</summary>
internal static class JsonPlaces
{
    /// <summary>Null if the text is not JSON or has no such value.</summary>
    public static (int Line, int Column)? Find(ReadOnlySpan<byte> utf8, string pointer)
    {
        if (!JsonPointer.Parse(pointer).TryGet(out var place, out _))
            return null;
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = JsonLimits.Document.DepthMax });
            if (!reader.Read())
                return null;
            var at = reader.TokenStartIndex;
            foreach (var segment in place.Segments)
            {
                if (!Enter(ref reader, segment, out at))
                    return null;
            }

            var before = utf8[..(int)at];
            var line = before[(before.LastIndexOf((byte)'\n') + 1)..];
            return (1 + before.Count((byte)'\n'), 1 + System.Text.Encoding.UTF8.GetCharCount(line));
        }
        catch (JsonException)
        {
            // The file has changed since it was judged; it will be judged again.
            return null;
        }
    }

    /// <summary>Moves from a container's start to the value of one of its properties or items.</summary>
    /// <param name="at">Where the property's name, or the item, begins.</param>
    private static bool Enter(ref Utf8JsonReader reader, string segment, out long at)
    {
        at = 0;
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        if (!isObject && reader.TokenType != JsonTokenType.StartArray)
            return false;
        for (var index = 0; reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray); index++)
        {
            at = reader.TokenStartIndex;
            var found = isObject ? reader.ValueTextEquals(segment) : JsonPointer.TryIndex(segment, out var wanted) && wanted == index;
            if (isObject)
                reader.Read();
            if (found)
                return true;
            reader.Skip();
        }

        return false;
    }
}
