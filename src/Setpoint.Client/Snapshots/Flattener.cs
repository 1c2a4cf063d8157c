using System.Globalization;
using System.Text.Json;

namespace Setpoint.Client.Snapshots;

/// <summary>
/// Turns a JSON object into configuration keys, exactly as .NET's own JSON provider does: <c>a:b:0</c>; null stays null; an empty
/// object is a null and an empty array an empty text at its own key, so that a binder can tell them from "absent".
/// </summary>
internal static class Flattener
{
    // A configuration has 64 levels at most; the server holds that limit, this one only keeps the recursion bounded.
    private const int DepthMax = 128;

    /// <summary>The flat values; the names below each container go to <paramref name="children"/>.</summary>
    /// <exception cref="JsonException">Not a JSON object, or two keys differ only in case.</exception>
    public static Dictionary<string, string?> Flatten(ReadOnlySpan<byte> json, ChildNames children)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DepthMax });
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw new JsonException("The configuration is not a JSON object.");
            VisitObject(ref reader, null, values, children);
            if (reader.Read())
                throw new JsonException("There is text after the configuration.");
        }
        catch (InvalidOperationException broken)
        {
            // What the reader throws for invalid UTF-8 and lone surrogates inside of a string.
            throw new JsonException("The configuration holds a string that is not valid Unicode.", broken);
        }

        return values;
    }

    private static void VisitObject(ref Utf8JsonReader reader, string? path, Dictionary<string, string?> values, ChildNames children)
    {
        var names = new List<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            names.Add(name);
            reader.Read();
            VisitValue(ref reader, path is null ? name : string.Concat(path, ":", name), values, children);
        }

        children.Add(path, names);
        if (names.Count == 0 && path is not null)
            Add(values, path, null);
    }

    private static void VisitArray(ref Utf8JsonReader reader, string path, Dictionary<string, string?> values, ChildNames children)
    {
        var names = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var name = names.Count.ToString(CultureInfo.InvariantCulture);
            names.Add(name);
            VisitValue(ref reader, string.Concat(path, ":", name), values, children);
        }

        children.Add(path, names);
        if (names.Count == 0)
            Add(values, path, string.Empty);
    }

    private static void VisitValue(ref Utf8JsonReader reader, string path, Dictionary<string, string?> values, ChildNames children)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject: VisitObject(ref reader, path, values, children); break;
            case JsonTokenType.StartArray: VisitArray(ref reader, path, values, children); break;
            case JsonTokenType.Null: Add(values, path, null); break;
            case JsonTokenType.True: Add(values, path, bool.TrueString); break;
            case JsonTokenType.False: Add(values, path, bool.FalseString); break;
            case JsonTokenType.String: Add(values, path, reader.GetString()); break;
            case JsonTokenType.Number: Add(values, path, System.Text.Encoding.ASCII.GetString(reader.ValueSpan)); break;
            default: throw new JsonException($"Unexpected {reader.TokenType} in the configuration.");
        }
    }

    private static void Add(Dictionary<string, string?> values, string path, string? value)
    {
        if (!values.TryAdd(path, value))
            throw new JsonException($"The key '{path}' occurs twice; configuration keys that differ only in case are the same key.");
    }
}
