using System.IO.Pipelines;
using System.Net.WebSockets;

namespace Setpoint.Server.Delivery;

/// <summary>The sending side of an event stream.</summary>
internal sealed class EventStreamChannel(HttpContext context, DeliveryMetrics metrics, ILogger logger)
    : PushChannel(context, Transport.EventStream, metrics, logger)
{
    // As for WebSockets: what one slow reader holds stays near Kestrel's own bound.
    private const int PartMax = 32 * 1024;

    private static readonly byte[] CommentLine = ":\n\n"u8.ToArray();

    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PipeWriter _body = context.Response.BodyWriter;

    /// <summary>Completes when the stream shall end.</summary>
    public Task Finished => _finished.Task;

    /// <summary>The client has gone.</summary>
    public void Gone() => _finished.TrySetResult();

    public override void Abort()
    {
        base.Abort();
        _finished.TrySetResult();
    }

    protected override async ValueTask SendAsync(PushFrame frame)
    {
        var text = frame.Event;
        while (text.Length > PartMax)
        {
            await WriteAsync(text[..PartMax]);
            Progressed();
            text = text[PartMax..];
        }

        await WriteAsync(text);
    }

    protected override ValueTask SendCommentAsync() => WriteAsync(CommentLine);

    // A stream has no close of its own: it ends, and the reader comes back with Last-Event-ID.
    protected override ValueTask SendCloseAsync(WebSocketCloseStatus status, string reason)
    {
        _finished.TrySetResult();
        return ValueTask.CompletedTask;
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> text)
    {
        var written = await _body.WriteAsync(text, CancellationToken.None);
        if (written.IsCanceled || written.IsCompleted)
            throw new OperationCanceledException("The reader has gone.");
    }
}
