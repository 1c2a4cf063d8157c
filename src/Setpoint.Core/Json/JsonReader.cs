using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Setpoint.Core.Faults;

namespace Setpoint.Core.Json;

/// <summary>Reads JSON text strictly.</summary>
public static class JsonReader
{
    /// <summary>Reads one JSON value.</summary>
    public static Result<JsonValue> Parse(ReadOnlySpan<byte> utf8, JsonLimits limits)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = limits.DepthMax });
        try
        {
            reader.Read();
            var value = ReadValue(ref reader);
            reader.Read();
            return value;
        }
        catch (JsonException problem)
        {
            return new Fault.Malformed(problem.Message);
        }
    }

    /// <inheritdoc cref="Parse(ReadOnlySpan{byte}, JsonLimits)"/>
    public static Result<JsonValue> Parse(string text) => Parse(Encoding.UTF8.GetBytes(text), JsonLimits.Document);

    private static JsonValue ReadValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null: return JsonNull.Instance;
            case JsonTokenType.True: return JsonBoolean.True;
            case JsonTokenType.False: return JsonBoolean.False;
            case JsonTokenType.String: return new JsonString(reader.GetString()!);
            case JsonTokenType.Number: return new JsonNumber(Encoding.UTF8.GetString(reader.ValueSpan));
            case JsonTokenType.StartArray:
                var items = ImmutableArray.CreateBuilder<JsonValue>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    items.Add(ReadValue(ref reader));
                return new JsonArray(items.ToImmutable());
            default:
                var builder = new JsonObjectBuilder();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    builder.Add(name, ReadValue(ref reader));
                }

                return builder.Build();
        }
    }
}
