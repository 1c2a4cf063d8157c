using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Setpoint.Bench.Floors;

/// <summary>Server-sent events, written as bytes to the response.</summary>
internal static class SseFloor
{
    public static void Map(WebApplication app)
    {
        var lanes = new Lanes<HttpResponse>(static async (response, frame) => await response.BodyWriter.WriteAsync(frame));
        app.MapGet("/stream", async (HttpContext context) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.BodyWriter.WriteAsync(lanes.Current);
            lanes.Add(context.Response);
            var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = context.RequestAborted.UnsafeRegister(static state => ((TaskCompletionSource)state!).SetResult(), gone);
            await gone.Task;
            lanes.Remove(context.Response);
        });
        app.MapPost("/publish", lanes.PublishAsync);
    }
}
