using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Setpoint.Core.Json;

/// <summary>Writes compact JSON text: properties in their order, numbers with their digits, only what must be escaped escaped.</summary>
public static class JsonWriter
{
    public static string ToText(JsonValue value) => Encoding.UTF8.GetString(ToUtf8(value));

    public static byte[] ToUtf8(JsonValue value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Write(value, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    public static void Write(JsonValue value, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
        Write(value, writer);
        writer.Flush();
    }

    private static void Write(JsonValue value, Utf8JsonWriter writer)
    {
        switch (value)
        {
            case JsonNull: writer.WriteNullValue(); break;
            case JsonBoolean boolean: writer.WriteBooleanValue(boolean.Value); break;
            case JsonString text: writer.WriteStringValue(text.Value); break;
            case JsonNumber number: writer.WriteRawValue(number.Text, skipInputValidation: true); break;
            case JsonArray array:
                writer.WriteStartArray();
                foreach (var item in array.Items)
                    Write(item, writer);
                writer.WriteEndArray();
                break;
            case JsonObject members:
                writer.WriteStartObject();
                for (var i = 0; i < members.Count; i++)
                {
                    writer.WritePropertyName(members.NameAt(i));
                    Write(members.ValueAt(i), writer);
                }

                writer.WriteEndObject();
                break;
            default: throw new InvalidOperationException($"Unknown JSON kind {value.Kind}.");
        }
    }
}
