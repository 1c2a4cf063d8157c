using System.Buffers;
using System.Text.Unicode;
using Setpoint.Core.Faults;

namespace Setpoint.Core.Json;

/// <summary>
/// Reads JSON text strictly (RFC 8259, and more: see remarks). Numbers keep their digits, properties their order.
/// </summary>
/// <remarks>
/// Refused beside plain syntax errors: a property that occurs twice in one object, text that is not UTF-8, surrogates without their
/// other half, comments, trailing commas, a byte order mark, NaN and Infinity, leading zeros, anything after the value. A refusal says
/// where: lines end with a line feed, columns count Unicode characters, both start at 1. It may name properties and never holds a
/// string value, which could be a secret. Thread-safe; never throws for any text.
/// </remarks>
public static class JsonReader
{
    /// <summary>Reads one JSON value.</summary>
    /// <returns>
    /// The value; <see cref="Fault.Malformed"/> with one violation, whose path is the JSON Pointer of the place where it is known; or
    /// <see cref="Fault.TooLarge"/> for text over a limit.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The limits allow more depth than <see cref="JsonLimits.DepthCeiling"/>.</exception>
    public static Result<JsonValue> Parse(ReadOnlySpan<byte> utf8, JsonLimits limits)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limits.DepthMax, JsonLimits.DepthCeiling, nameof(limits));
        if (utf8.Length > limits.SizeMax)
            return TooLong(utf8.Length, limits.SizeMax);

        using var parser = new JsonParser(utf8, limits.DepthMax);
        if (parser.Read() is { } value)
            return value;
        return parser.Refusal;
    }

    /// <summary>Reads the text of a document, with its limits.</summary>
    public static Result<JsonValue> Parse(string text) => Parse(text, JsonLimits.Document);

    /// <inheritdoc cref="Parse(ReadOnlySpan{byte}, JsonLimits)"/>
    public static Result<JsonValue> Parse(ReadOnlySpan<char> text, JsonLimits limits)
    {
        // A character is at least one byte, so this cannot refuse what fits, and it bounds the buffer.
        if (text.Length > limits.SizeMax)
            return TooLong(text.Length, limits.SizeMax);

        var buffer = ArrayPool<byte>.Shared.Rent(text.Length * 3);
        try
        {
            var outcome = Utf8.FromUtf16(text, buffer, out var read, out var written, replaceInvalidSequences: false);
            if (outcome == OperationStatus.Done)
                return Parse(buffer.AsSpan(0, written), limits);

            var place = JsonPlace.Of(buffer.AsSpan(0, written), written);
            return JsonParser.Malformed($"{place}: character {read + 1} is a surrogate without its other half.", path: string.Empty);
        }
        finally
        {
            // Documents can hold secrets; the pool is shared with everything else in the process.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    /// <summary>Reads one JSON object; another value at the root is refused.</summary>
    /// <inheritdoc cref="Parse(ReadOnlySpan{byte}, JsonLimits)"/>
    public static Result<JsonObject> ParseObject(ReadOnlySpan<byte> utf8, JsonLimits limits)
    {
        if (!Parse(utf8, limits).TryGet(out var value, out var fault))
            return fault;
        if (value is JsonObject members)
            return members;
        return JsonParser.Malformed($"An object {{...}} is expected, and the text holds {Article(value.Kind)}.", path: string.Empty);
    }

    /// <summary>Names a kind of value in a message: "a string", "an array", "null".</summary>
    internal static string Article(JsonKind kind) => kind switch
    {
        JsonKind.Null => "null",
        JsonKind.Boolean => "a boolean",
        JsonKind.Number => "a number",
        JsonKind.String => "a string",
        JsonKind.Array => "an array",
        JsonKind.Object => "an object",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown JSON kind."),
    };

    private static Fault.TooLarge TooLong(int size, int limit) =>
        new($"The JSON text has {size} bytes; the limit is {limit}.");
}
