using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Setpoint.Client.Flags.Exposures;
using Setpoint.Client.Following;
using Setpoint.Client.Hosting;
using Setpoint.Client.Transport;

namespace Setpoint.Client.Flags;

/// <summary>The flags of a client from its start to its end: a feed for each namespace, and the report of what was evaluated.</summary>
internal sealed class FlagRuntime
{
    private readonly SetpointSettings _settings;
    private readonly ConfigurationPublisher _publisher;
    private readonly ImmutableArray<FlagFeed> _feeds;
    private readonly FlagClock? _clock;
    private readonly ExposureReporter? _reporter;

    public FlagRuntime(SetpointSettings settings, SetpointTransport transport, ConfigurationPublisher publisher, StatusBoard status, ILogger log)
    {
        _settings = settings;
        _publisher = publisher;
        Board = new(settings.Flags);
        _feeds = [.. (settings.Flags?.Namespaces ?? []).Select(ns => new FlagFeed(ns, settings, transport, Board, status, Replaced, log))];
        Signals = new([.. _feeds.Where(feed => feed.IsTold).Select(feed => feed.Signal)]);
        _clock = settings.Flags is null ? null : new(Board, settings.Time, Tell);
        _reporter = settings.Flags is { ReportsExposures: true } ? new(settings, transport, Board, log) : null;
        Client = new(this, settings.Time, log);
    }

    public FlagBoard Board { get; }

    public FlagSignals Signals { get; }

    public SetpointFlags Client { get; }

    /// <summary>Told of changes, on the thread of a feed or of the clock.</summary>
    public Action<FlagsChangedEventArgs>? Changed { get; set; }

    public SetpointFlagsStatus Status
    {
        get
        {
            var view = Board.Current;
            return new(
                view.IsReady,
                [.. view.Namespaces.Zip(_feeds, (one, feed) =>
                    new FlagNamespaceStatus(one.Namespace, one.Origin, one.Definitions?.Revision ?? 0, one.Set?.Count ?? 0, feed.LastError))],
                _reporter?.Dropped ?? 0);
        }
    }

    /// <summary>Gets the first flags on the calling thread. Flags have fallbacks in the app's code, so that a start never fails for want of them.</summary>
    /// <param name="cancellationToken">Once it is cancelled, the cache has to do.</param>
    public void Start(CancellationToken cancellationToken)
    {
        foreach (var feed in _feeds)
            feed.Start(cancellationToken);
    }

    /// <summary>As <see cref="Start"/>, without a thread.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => Task.WhenAll(_feeds.Select(feed => feed.StartAsync(cancellationToken)));

    /// <summary>Follows and reports until it is told to stop, then reports what is left.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var reporting = _reporter?.RunAsync(stop) ?? Task.CompletedTask;
        var ticking = _clock?.RunAsync(stop) ?? Task.CompletedTask;
        if (_settings.Follow != SetpointFollow.None)
            await Task.WhenAll(_feeds.Select(feed => feed.RunAsync(stop))).ConfigureAwait(false);
        await ticking.ConfigureAwait(false);
        await reporting.ConfigureAwait(false);
    }

    private void Replaced(FlagsChangedEventArgs args)
    {
        SetpointMetrics.FlagUpdates.Add(1, new KeyValuePair<string, object?>("namespace", args.Namespace));
        Tell(args);
    }

    private void Tell(FlagsChangedEventArgs args)
    {
        if (Changed is { } changed)
            _publisher.Tell(() => changed(args), "flag change");
    }
}
