using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Server.Http;

/// <summary>Writes answers.</summary>
internal static class Answer
{
    public const string Json = "application/json; charset=utf-8";

    /// <summary>The header that carries the revision of the snapshot that an answer was made from.</summary>
    public const string RevisionHeader = "Setpoint-Revision";

    public static Task OkAsync(HttpContext context, JsonValue body) => WriteAsync(context, StatusCodes.Status200OK, body);

    public static Task WriteAsync(HttpContext context, int status, JsonValue body, string contentType = Json) =>
        WriteAsync(context, status, JsonWriter.ToUtf8(body), contentType);

    public static Task WriteAsync(HttpContext context, int status, ReadOnlyMemory<byte> body, string contentType)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        var written = response.BodyWriter.WriteAsync(body, context.RequestAborted);
        return written.IsCompletedSuccessfully ? Task.CompletedTask : written.AsTask();
    }

    /// <summary>The body or the refusal, whichever there is.</summary>
    public static Task WriteAsync(HttpContext context, Result<JsonObject> result) =>
        result.TryGet(out var body, out var fault) ? OkAsync(context, body) : Problem.WriteAsync(context, fault);

    public static JsonObject List(IEnumerable<JsonValue> items, long? total = null, long? next = null)
    {
        var body = new JsonObjectBuilder(3).Add("items", new JsonArray([.. items]));
        if (total is { } count)
            body.Add("total", count);
        if (next is { } cursor)
            body.Add("next", cursor);
        return body.Build();
    }
}
