using System.Buffers;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Server.Http;

/// <summary>Reads the JSON of a request, strictly and within bounds.</summary>
internal static class RequestBody
{
    /// <summary>One document and what goes with it.</summary>
    public static JsonLimits OneDocument { get; } = new(JsonLimits.Document.SizeMax + (64 * 1024), JsonLimits.Document.DepthMax + 4);

    /// <summary>A commit of many documents.</summary>
    public static JsonLimits ManyDocuments { get; } = new(32 * 1024 * 1024, JsonLimits.Document.DepthMax + 4);

    /// <summary>Bytes that any request body may have.</summary>
    public static long SizeMax => ManyDocuments.SizeMax;

    /// <summary>Reads the body as a JSON object.</summary>
    public static async ValueTask<Result<JsonObject>> ReadObjectAsync(HttpContext context, JsonLimits limits)
    {
        var read = await ReadAsync(context, limits);
        if (!read.TryGet(out var value, out var fault))
            return fault;
        return value is JsonObject body
            ? body
            : new Fault.Malformed($"The request's body must be a JSON object, not {JsonKinds.Describe(value.Kind)}.");
    }

    /// <summary>Reads the body as any JSON value.</summary>
    public static async ValueTask<Result<JsonValue>> ReadAsync(HttpContext context, JsonLimits limits)
    {
        if (context.Request.ContentLength > limits.SizeMax)
            return TooLarge(context.Request.ContentLength.Value, limits);

        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(context.RequestAborted);
            var buffer = result.Buffer;
            if (buffer.Length > limits.SizeMax)
            {
                // Once it is given back, the buffer is somebody else's.
                var length = buffer.Length;
                reader.AdvanceTo(buffer.End);
                return TooLarge(length, limits);
            }

            if (!result.IsCompleted)
            {
                reader.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }

            try
            {
                if (buffer.IsEmpty)
                    return new Fault.Malformed("The request has no body; it must be JSON.");
                return buffer.IsSingleSegment ? JsonReader.Parse(buffer.FirstSpan, limits) : ParseSegments(buffer, limits);
            }
            finally
            {
                reader.AdvanceTo(buffer.End);
            }
        }
    }

    private static Result<JsonValue> ParseSegments(in ReadOnlySequence<byte> buffer, JsonLimits limits)
    {
        var length = (int)buffer.Length;
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            buffer.CopyTo(rented);
            return JsonReader.Parse(rented.AsSpan(0, length), limits);
        }
        finally
        {
            // A body may hold what nobody else shall see.
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    private static Fault.TooLarge TooLarge(long found, JsonLimits limits) => limits == OneDocument
        ? new($"The request's body has {found} bytes or more; a document has at most {JsonLimits.Document.SizeMax} bytes.")
        : new($"The request's body has {found} bytes or more; the limit is {limits.SizeMax}.");
}
