using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Setpoint.Client.Cache;
using Setpoint.Client.Flags;
using Setpoint.Client.Following;
using Setpoint.Client.Hosting;
using Setpoint.Client.Judging;
using Setpoint.Client.Provider;
using Setpoint.Client.Requirements;
using Setpoint.Client.Snapshots;
using Setpoint.Client.Transport;

namespace Setpoint.Client;

/// <summary>
/// One followed configuration, from its start to its end:
/// 1. <see cref="Start"/> gets a configuration, from the server or the cache;
/// 2. <see cref="Require"/> takes the keys that it must have, and <see cref="JudgeFirst"/> asks the app's validation about it, as soon as
///    there is one;
/// 3. <see cref="RunAsync"/> follows the server.
/// </summary>
internal sealed class SetpointRuntime : IDisposable
{
    private readonly SetpointSettings _settings;
    private readonly DeferredLogger _log = new();
    private readonly Lock _starting = new();
    private readonly SetpointTransport _transport;
    private readonly DiskCache<ConfigurationSnapshot> _cache;
    private readonly CacheWriter<ConfigurationSnapshot> _writer;
    private readonly Follower _follower;
    private readonly Dictionary<SetpointConfigurationProvider, IChangeListener> _providers = [];
    private ImmutableArray<RequiredKey> _required = [];
    private RequirementCheck? _requirements;
    private bool _started;

    public SetpointRuntime(SetpointSettings settings)
    {
        _settings = settings;
        if (settings.LoggerFactory is { } loggers)
            _log.Attach(loggers.CreateLogger("Setpoint.Client"));
        Handles = new(Board, Status, _log);
        Publisher = new(Board, Status, Handles, settings.Time, _log);
        _transport = new(settings);
        _cache = new(settings, settings.Identity.Cache, _log);
        _writer = new(_cache, Status, _log);
        Flags = new(settings, _transport, Publisher, Status, _log);
        _follower = new(settings, _transport, Publisher, Board, Status, _writer, Flags.Signals, _log);
        Client = new(this, _log);
    }

    public ConfigurationIdentity Identity => _settings.Identity;

    public Predicate<Type> ValidatesOptions => _settings.ValidatesOptions;

    public SnapshotBoard Board { get; } = new();

    public StatusBoard Status { get; } = new();

    public Handles Handles { get; }

    public ConfigurationPublisher Publisher { get; }

    public FlagRuntime Flags { get; }

    public SetpointClient Client { get; }

    public void AttachLogger(ILoggerFactory loggers) => _log.Attach(loggers.CreateLogger("Setpoint.Client"));

    public void Attach(SetpointConfigurationProvider provider)
    {
        lock (_providers)
        {
            if (_providers.ContainsKey(provider))
                return;
            var listener = new ProviderListener(provider);
            _providers.Add(provider, listener);
            Publisher.AddListener(listener);
        }
    }

    public void Detach(SetpointConfigurationProvider provider)
    {
        lock (_providers)
        {
            if (_providers.Remove(provider, out var listener))
                Publisher.RemoveListener(listener);
        }
    }

    /// <summary>Gets the first configuration on the calling thread. Does nothing the second time.</summary>
    /// <exception cref="SetpointStartException">There is none, and it is not optional.</exception>
    public void Start()
    {
        lock (_starting)
        {
            if (_started)
                return;
            using var timeout = new CancellationTokenSource(_settings.StartTimeout, _settings.Time);
            FetchOutcome outcome;
            try
            {
                outcome = _transport.Fetch(etag: null, timeout.Token);
            }
            catch (OperationCanceledException) when (timeout.IsCancellationRequested)
            {
                outcome = TooSlow();
            }

            Adopt(outcome);
            Flags.Start(timeout.Token);
            _started = true;
        }
    }

    /// <summary>As <see cref="Start"/>, without a thread. For a client without a host.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_settings.StartTimeout, _settings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        FetchOutcome outcome;
        try
        {
            outcome = await _transport.FetchAsync(etag: null, minRevision: 0, wait: null, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            outcome = TooSlow();
        }

        lock (_starting)
        {
            Adopt(outcome);
            _started = true;
        }

        await Flags.StartAsync(either.Token).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>
    /// Lets the app's validation judge what the start brought. A refused configuration gives way to the newest cached one that is
    /// accepted; from here on every configuration is judged before it is seen.
    /// </summary>
    /// <exception cref="SetpointStartException">Every one there is was refused, and it is not optional.</exception>
    public void JudgeFirst(params ReadOnlySpan<IJudge> judges)
    {
        Publisher.AddJudges(judges);
        if (ReferenceEquals(Board.Current, ConfigurationSnapshot.Empty))
            return;
        if (Publisher.JudgeCurrent())
        {
            // At once: a process that is stopped a moment after its start has a cache all the same.
            if (Status.Current.Origin == SetpointOrigin.Server)
                _writer.Write(Board.Current);
            return;
        }

        var refusal = Status.Current.LastRefusal!;
        foreach (var cached in _cache.ReadAll())
        {
            if (cached.Snapshot.HasSameContentAs(Board.Current) || !Publisher.Offer(cached.Snapshot, SetpointOrigin.Cache))
                continue;
            // The server's newest is still the one that was refused.
            Status.Change(now => now with { LastRefusal = refusal });
            LogCached(cached, "The server's configuration is refused by this app's validation.");
            return;
        }

        if (!_settings.Optional)
        {
            throw new SetpointStartException(
                $"The configuration of {Identity}, version {refusal.Version}, is refused by this app's validation, and no cached one is accepted. {refusal}");
        }

        Publisher.Clear();
        _log.StartedWithout(Identity.ToString(), $"Version {refusal.Version} is refused by this app's validation.");
    }

    /// <summary>Takes the keys that the app requires; what follows depends on <see cref="SetpointOptions.RequiredKeys"/>.</summary>
    /// <param name="more">Keys that are declared elsewhere than in the options.</param>
    /// <param name="configuration">All sources of the app; null where this one stands alone.</param>
    public void Require(IEnumerable<RequiredKey> more, IConfiguration? configuration)
    {
        if (_settings.RequiredKeys == SetpointRequiredKeys.Ignore)
            return;
        _required = [.. _settings.Required.Concat(more).DistinctBy(key => key.Requirement)];
        _requirements = new(_required, configuration, Identity);
        if (_settings.RequiredKeys == SetpointRequiredKeys.Fail)
            Publisher.AddJudges(_requirements);
    }

    /// <summary>Logs which required keys are missing from what the app starts with, where that does not stop it.</summary>
    public void WarnOfMissing()
    {
        var problems = _requirements?.Problems(Board.Current).ToList() ?? [];
        if (problems.Count > 0)
            _log.RequiredKeysMissing(Identity.ToString(), problems.Count, string.Join("; ", problems));
    }

    /// <summary>Follows the server until it is told to stop, then writes what the cache still lacks.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var writing = _writer.RunAsync();
        var flags = Flags.RunAsync(stop);
        var registering = _required.IsEmpty ? Task.CompletedTask : new Registrar(_settings, _required, _transport, _log).RunAsync(stop);
        try
        {
            await _follower.RunAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            _writer.Complete();
            await writing.ConfigureAwait(false);
            await registering.ConfigureAwait(false);
            await flags.ConfigureAwait(false);
        }
    }

    public void Dispose() => _transport.Dispose();

    private FetchOutcome.Failed TooSlow() =>
        new(FailureKind.Unreachable, string.Create(CultureInfo.InvariantCulture, $"The server did not answer within {_settings.StartTimeout.TotalSeconds:0.#} s."));

    private void Adopt(FetchOutcome outcome)
    {
        if (outcome is FetchOutcome.Fetched fetched)
        {
            Publisher.Begin(fetched.Snapshot, SetpointOrigin.Server);
            var now = _settings.Time.GetUtcNow();
            Status.Change(status => status with { LastContact = now });
            _log.Started(Identity.ToString(), fetched.Snapshot.Version, fetched.Snapshot.Revision);
            return;
        }

        var reason = (outcome as FetchOutcome.Failed)?.Message ?? "The server gave no configuration.";
        Status.Report(reason);
        if (_cache.ReadAll() is [var newest, ..])
        {
            Publisher.Begin(newest.Snapshot, SetpointOrigin.Cache);
            LogCached(newest, reason);
            return;
        }

        if (!_settings.Optional)
        {
            var cache = _cache.IsOff ? "there is no cache" : $"the cache in {_settings.CacheFolder} has none";
            throw new SetpointStartException(
                $"No configuration of {Identity}: {reason} Also, {cache}. Start the server, correct the address or the key, or set Optional to start without.");
        }

        _log.StartedWithout(Identity.ToString(), reason);
    }

    private void LogCached(Cached<ConfigurationSnapshot> cached, string reason) =>
        _log.StartedFromCache(
            Identity.ToString(), cached.Snapshot.Version, cached.Snapshot.Revision, (_settings.Time.GetUtcNow() - cached.SavedAt).TotalSeconds, reason);

    private sealed class ProviderListener(SetpointConfigurationProvider provider) : IChangeListener
    {
        public void OnUpdated(ConfigurationSnapshot before, ConfigurationSnapshot after) => provider.RaiseReload();

        public void OnRefused(ConfigurationRefusal refusal)
        {
            // IConfiguration shows what is current, and that has not changed.
        }

        public void OnReload(long revision)
        {
            // A request to reload changes no value; ISetpointClient has an event for it.
        }
    }
}
