using System.Buffers;
using System.Text;

namespace Setpoint.Core.Json;

/// <summary>
/// Writes JSON text: properties in their order, numbers with their digits, and only what must be escaped escaped (quotes, backslashes,
/// control characters). What it writes, <see cref="JsonReader"/> reads back as an equal value. Thread-safe.
/// </summary>
public static class JsonWriter
{
    /// <summary>Compact text.</summary>
    public static string ToText(JsonValue value)
    {
        using var buffer = new PooledBuffer();
        Write(value, buffer);
        return Encoding.UTF8.GetString(buffer.Written);
    }

    /// <summary>Compact text as UTF-8, in an array of its exact size.</summary>
    public static byte[] ToUtf8(JsonValue value)
    {
        using var buffer = new PooledBuffer();
        Write(value, buffer);
        return buffer.Written.ToArray();
    }

    /// <summary>Compact text as UTF-8, straight into the writer's own memory.</summary>
    public static void Write(JsonValue value, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(value);
        var to = new JsonOutput(output);
        Compact(value, ref to);
        to.Flush();
    }

    /// <summary>Text for people: two spaces a level, one property or item a line.</summary>
    public static string ToIndentedText(JsonValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        using var buffer = new PooledBuffer();
        var to = new JsonOutput(buffer);
        Indented(value, level: 0, ref to);
        to.Flush();
        return Encoding.UTF8.GetString(buffer.Written);
    }

    private static void Compact(JsonValue value, ref JsonOutput to)
    {
        switch (value)
        {
            case JsonObject members:
                to.Byte((byte)'{');
                var names = members.Names.AsSpan();
                var values = members.Values;
                for (var i = 0; i < values.Length; i++)
                {
                    if (i > 0)
                        to.Byte((byte)',');
                    to.Quoted(names[i]);
                    to.Byte((byte)':');
                    Compact(values[i], ref to);
                }

                to.Byte((byte)'}');
                break;
            case JsonArray array:
                to.Byte((byte)'[');
                var items = array.Items.AsSpan();
                for (var i = 0; i < items.Length; i++)
                {
                    if (i > 0)
                        to.Byte((byte)',');
                    Compact(items[i], ref to);
                }

                to.Byte((byte)']');
                break;
            default:
                Scalar(value, ref to);
                break;
        }
    }

    private static void Indented(JsonValue value, int level, ref JsonOutput to)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } members:
                to.Byte((byte)'{');
                for (var i = 0; i < members.Count; i++)
                {
                    NewLine(first: i == 0, level + 1, ref to);
                    to.Quoted(members.NameAt(i));
                    to.Ascii(": "u8);
                    Indented(members.ValueAt(i), level + 1, ref to);
                }

                NewLine(first: true, level, ref to);
                to.Byte((byte)'}');
                break;
            case JsonArray { Items.Length: > 0 } array:
                to.Byte((byte)'[');
                for (var i = 0; i < array.Items.Length; i++)
                {
                    NewLine(first: i == 0, level + 1, ref to);
                    Indented(array.Items[i], level + 1, ref to);
                }

                NewLine(first: true, level, ref to);
                to.Byte((byte)']');
                break;
            default:
                Compact(value, ref to);
                break;
        }
    }

    private static void NewLine(bool first, int level, ref JsonOutput to)
    {
        to.Ascii(first ? "\n"u8 : ",\n"u8);
        to.Spaces(level * 2);
    }

    /// <summary>A value that is neither array nor object.</summary>
    internal static void Scalar(JsonValue value, ref JsonOutput to)
    {
        switch (value)
        {
            case JsonString text: to.Quoted(text.Value); break;
            case JsonNumber number: to.Digits(number.Text); break;
            case JsonBoolean boolean: to.Ascii(boolean.Value ? "true"u8 : "false"u8); break;
            case JsonNull: to.Ascii("null"u8); break;
            default: throw new InvalidOperationException($"Unknown JSON kind {value.Kind}.");
        }
    }
}
