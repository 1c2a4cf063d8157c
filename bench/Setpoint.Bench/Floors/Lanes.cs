using System.Text;
using Microsoft.AspNetCore.Http;

namespace Setpoint.Bench.Floors;

/// <summary>
/// The cheapest fan-out over Kestrel: one buffer for all, the subscribers divided among as many lanes as there are cores. It queues
/// nothing: the bench publishes when all have the state before.
/// </summary>
internal sealed class Lanes<T>(Func<T, byte[], Task> write)
    where T : class
{
    private readonly Lock _lock = new();
    private readonly HashSet<T> _subscribers = [];

    public byte[] Current { get; private set; } = [];

    public void Add(T subscriber)
    {
        lock (_lock)
            _subscribers.Add(subscriber);
    }

    public void Remove(T subscriber)
    {
        lock (_lock)
            _subscribers.Remove(subscriber);
    }

    public async Task PublishAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var message = Encoding.UTF8.GetBytes(await reader.ReadToEndAsync(context.RequestAborted));
        Current = message;
        T[] subscribers;
        lock (_lock)
            subscribers = [.. _subscribers];
        var lanes = Math.Min(Environment.ProcessorCount, subscribers.Length);
        for (var i = 0; i < lanes; i++)
        {
            var lane = i;
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    // Not awaited: a write completes at once unless the reader is slow, and the bench's readers are not.
                    for (var at = lane; at < subscribers.Length; at += lanes)
                        _ = WriteAsync(subscribers[at], message);
                },
                state: null);
        }
    }

    private async Task WriteAsync(T subscriber, byte[] message)
    {
        try
        {
            await write(subscriber, message);
        }
        catch (Exception problem) when (problem is OperationCanceledException or IOException or ObjectDisposedException
            or System.Net.WebSockets.WebSocketException)
        {
            Remove(subscriber);
        }
    }
}
