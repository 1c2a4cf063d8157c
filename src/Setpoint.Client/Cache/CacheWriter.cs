using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Setpoint.Client.Following;

namespace Setpoint.Client.Cache;

/// <summary>
/// Writes what was accepted to the cache, away from the thread that publishes them: an fsync must not delay the next change.
/// When they come faster than the disk takes them, only the newest is written.
/// </summary>
internal sealed class CacheWriter<T>(DiskCache<T> cache, StatusBoard status, ILogger log)
    where T : class, ICacheable<T>
{
    private readonly Channel<T> _pending = Channel.CreateBounded<T>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private bool _failing;

    public void Enqueue(T snapshot) => _pending.Writer.TryWrite(snapshot);

    /// <summary>Nothing more will come: <see cref="RunAsync"/> ends when what is pending is written.</summary>
    public void Complete() => _pending.Writer.TryComplete();

    /// <summary>Writes until <see cref="Complete"/>.</summary>
    public async Task RunAsync()
    {
        // No token: the newest state is worth the few milliseconds that it delays a stop.
        await foreach (var snapshot in _pending.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            Write(snapshot);
    }

    /// <summary>Writes at once, on the calling thread. For the start, before <see cref="RunAsync"/>; the two never write at the same time.</summary>
    public void Write(T snapshot)
    {
        try
        {
            cache.Write(snapshot);
            _failing = false;
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            // The app runs on without a cache; one line says so, and the next change tries again.
            status.Report($"The cache cannot be written: {trouble.Message}");
            if (!_failing)
                log.CacheNotWritten(trouble.Message);
            _failing = true;
        }
    }
}
