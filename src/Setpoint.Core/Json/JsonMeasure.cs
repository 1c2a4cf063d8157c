using Setpoint.Core.Faults;

namespace Setpoint.Core.Json;

/// <summary>Measures values that were made and not read, so that they keep the limits that reading would have held them to.</summary>
public static class JsonMeasure
{
    /// <summary>Null if the value's compact text keeps the limits; else which one it breaks.</summary>
    public static Fault.TooLarge? Check(JsonValue value, JsonLimits limits)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Depth > limits.DepthMax)
            return new($"Arrays and objects are nested {value.Depth} levels deep; the limit is {limits.DepthMax}.");
        return TextSize(value, limits.SizeMax) > limits.SizeMax
            ? new($"The JSON text would have more than {limits.SizeMax} bytes, which is the limit.")
            : null;
    }

    /// <summary>
    /// Bytes of the compact text. Counting stops soon after <paramref name="enough"/>: a value whose parts are shared can have a text
    /// that is exponentially longer than the value is large.
    /// </summary>
    public static long TextSize(JsonValue value, long enough = long.MaxValue)
    {
        long size = 0;
        Add(value, enough, ref size);
        return size;
    }

    private static void Add(JsonValue value, long enough, ref long size)
    {
        switch (value)
        {
            case JsonString text: size += JsonOutput.QuotedSize(text.Value); break;
            case JsonNumber number: size += number.Text.Length; break;
            case JsonBoolean boolean: size += boolean.Value ? 4 : 5; break;
            case JsonNull: size += 4; break;
            case JsonArray array:
                size += Math.Max(2, array.Items.Length + 1);
                for (var i = 0; i < array.Items.Length && size <= enough; i++)
                    Add(array.Items[i], enough, ref size);
                break;
            case JsonObject members:
                size += Math.Max(2, (members.Count * 2L) + 1);
                for (var i = 0; i < members.Count && size <= enough; i++)
                {
                    size += JsonOutput.QuotedSize(members.NameAt(i));
                    Add(members.ValueAt(i), enough, ref size);
                }

                break;
            default: throw new InvalidOperationException($"Unknown JSON kind {value.Kind}.");
        }
    }
}
