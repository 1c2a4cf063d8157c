namespace Setpoint.Server.Delivery;

/// <summary>Holds event streams open: what they carry is the business of whoever opens one.</summary>
internal sealed class EventStreams(ChannelRegistry registry, DeliveryMetrics metrics, ILogger<EventStreams> logger)
{
    /// <summary>Answers with a stream; completes when it has ended.</summary>
    /// <param name="begin">Starts sending, and returns what stops it.</param>
    public async Task RunAsync(HttpContext context, Func<PushChannel, Action> begin)
    {
        var headers = context.Response.Headers;
        headers.ContentType = "text/event-stream";
        headers.CacheControl = "no-store";
        headers["X-Accel-Buffering"] = "no";

        // The reader learns at once that it is connected, also where there is nothing new for it.
        await context.Response.StartAsync(context.RequestAborted);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);

        var channel = new EventStreamChannel(context, metrics, logger);
        Action? stop = null;
        registry.Add(channel);
        try
        {
            await using var gone = context.RequestAborted.UnsafeRegister(static state => ((EventStreamChannel)state!).Gone(), channel);
            stop = begin(channel);
            await channel.Finished;
        }
        finally
        {
            stop?.Invoke();
            await channel.EndAsync();
            registry.Remove(channel);
        }
    }
}
