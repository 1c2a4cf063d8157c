using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Setpoint.Bench.Floors;

/// <summary>Minimal API: a constant body, a constant 304, and a PUT or POST that parses and answers.</summary>
internal static class HttpFloor
{
    private const string Tag = "\"0123456789abcdef0123456789abcdef\"";

    public static void Map(WebApplication app)
    {
        var size = int.Parse(Environment.GetEnvironmentVariable("FLOOR_BODY_BYTES") ?? "2048", System.Globalization.CultureInfo.InvariantCulture);
        var body = new byte[size];
        Array.Fill(body, (byte)'x');
        var tag = new StringValues(Tag);

        app.MapGet("/health", () => Results.Ok());
        app.MapGet("/blob", (HttpContext context) =>
        {
            var response = context.Response;
            response.ContentType = "application/json";
            response.ContentLength = body.Length;
            return response.Body.WriteAsync(body).AsTask();
        });
        app.MapGet("/etag", (HttpContext context) =>
        {
            var response = context.Response;
            response.Headers.ETag = tag;
            if (context.Request.Headers.IfNoneMatch == Tag)
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            response.ContentType = "application/json";
            response.ContentLength = body.Length;
            return response.Body.WriteAsync(body).AsTask();
        });
        app.MapMethods("/document", ["PUT", "POST"], async (HttpContext context) =>
        {
            using var document = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            var answer = document.RootElement.ValueKind == JsonValueKind.Object ? "{\"version\":1,\"changed\":true}"u8.ToArray() : [];
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = answer.Length;
            await context.Response.Body.WriteAsync(answer);
        });
    }
}
