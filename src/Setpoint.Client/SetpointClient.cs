using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Setpoint.Client.Following;
using Setpoint.Client.Judging;
using Setpoint.Client.Snapshots;

namespace Setpoint.Client;

/// <summary>Reads from the board, and tells the app's events and watches of what the publisher did.</summary>
internal sealed class SetpointClient : ISetpointClient
{
    // How many different keys get a log line for a failed conversion; the status counts all of them.
    private const int ToldKeysMax = 100;

    private readonly SetpointRuntime _runtime;
    private readonly ILogger _log;
    private readonly SnapshotBoard _board;
    private readonly ConcurrentDictionary<string, bool> _toldKeys = new(StringComparer.OrdinalIgnoreCase);
    private ImmutableArray<Subscription> _watches = [];

    public SetpointClient(SetpointRuntime runtime, ILogger log)
    {
        _runtime = runtime;
        _log = log;
        _board = runtime.Board;
        runtime.Publisher.AddListener(new Listener(this));
    }

    /// <inheritdoc/>
    public event EventHandler<ConfigurationUpdatedEventArgs>? ConfigurationUpdated;

    /// <inheritdoc/>
    public event EventHandler<ConfigurationRefusedEventArgs>? ConfigurationRefused;

    /// <inheritdoc/>
    public event EventHandler<ConfigurationReloadEventArgs>? ConfigurationReload;

    /// <inheritdoc/>
    public SetpointStatus Status => _runtime.Status.Current;

    /// <inheritdoc/>
    public ISetpointFlags Flags => _runtime.Flags.Client;

    /// <inheritdoc/>
    public string? Get(string key) => _board.Current.Values.TryGetValue(key, out var value) ? value : null;

    /// <inheritdoc/>
    public bool TryGet(string key, out string? value) => _board.Current.Values.TryGetValue(key, out value);

    /// <inheritdoc/>
    [return: NotNullIfNotNull(nameof(fallback))]
    public T? GetValue<T>(string key, T? fallback = default) => Convert(_board.Current, key, fallback);

    /// <inheritdoc/>
    [RequiresUnreferencedCode(Trimming.Binding)]
    [RequiresDynamicCode(Trimming.Binding)]
    [SuppressMessage("Design", "CA1031", Justification = "Reads never throw into the app, whatever its constructors and setters do.")]
    public T? Get<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T>(string key)
        where T : class
    {
        try
        {
            return Section(_board.Current, key).Get<T>();
        }
        catch (Exception thrown)
        {
            Count(key, typeof(T), string.Join("; ", BindingFailure.Describe(thrown)));
            return null;
        }
    }

    /// <inheritdoc/>
    public SetpointHandle<T> Handle<T>(string key, T fallback)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _runtime.Handles.Get((key, typeof(T), (object?)fallback), current => new SetpointHandle<T>(key, current, from => Convert(from, key, fallback)!));
    }

    /// <inheritdoc/>
    [RequiresUnreferencedCode(Trimming.Binding)]
    [RequiresDynamicCode(Trimming.Binding)]
    public SetpointHandle<T> Handle<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T>(string key)
        where T : class, new()
    {
        ArgumentNullException.ThrowIfNull(key);
        return _runtime.Handles.Get(
            (key, typeof(T)), current => new SetpointHandle<T>(key, current, from => Section(from, key).Get<T>() ?? new T()));
    }

    /// <inheritdoc/>
    public IDisposable Watch(string key, Action<ConfigurationChange> callback)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(callback);
        var subscription = new Subscription(this, key, callback);
        ImmutableInterlocked.Update(ref _watches, (all, one) => all.Add(one), subscription);
        return subscription;
    }

    private static IConfiguration Section(ConfigurationSnapshot snapshot, string key) =>
        key.Length == 0 ? snapshot.AsConfiguration() : snapshot.AsConfiguration().GetSection(key);

    private T? Convert<T>(ConfigurationSnapshot snapshot, string key, T? fallback)
    {
        if (!snapshot.Values.TryGetValue(key, out var text) || text is null)
            return fallback;
        if (ValueConverter.TryConvert<T>(text, out var value))
            return value;
        Count(key, typeof(T), "the fallback is used");
        return fallback;
    }

    private void Count(string key, Type type, string consequence)
    {
        _runtime.Status.CountConversionFailure($"The value at '{key}' cannot be converted to {type.Name}: {consequence}.");
        SetpointMetrics.ConversionFailures.Add(1);
        if (_toldKeys.Count < ToldKeysMax && _toldKeys.TryAdd(key, true))
            _log.ConversionFailed(key, type.Name);
    }

    private sealed class Listener(SetpointClient client) : IChangeListener
    {
        public void OnUpdated(ConfigurationSnapshot before, ConfigurationSnapshot after)
        {
            var watches = client._watches;
            var updated = client.ConfigurationUpdated;
            if (updated is null && watches.IsEmpty)
                return;

            // Found once for all of them.
            var args = new ConfigurationUpdatedEventArgs(before, after);
            foreach (var handler in Delegate.EnumerateInvocationList(updated))
                client._runtime.Publisher.Tell(() => handler(client, args), "update");
            foreach (var watch in watches)
                client._runtime.Publisher.Tell(() => watch.Tell(args), "watch");
        }

        public void OnRefused(ConfigurationRefusal refusal)
        {
            var args = new ConfigurationRefusedEventArgs(refusal);
            foreach (var handler in Delegate.EnumerateInvocationList(client.ConfigurationRefused))
                client._runtime.Publisher.Tell(() => handler(client, args), "refusal");
        }

        public void OnReload(long revision)
        {
            var args = new ConfigurationReloadEventArgs(revision);
            foreach (var handler in Delegate.EnumerateInvocationList(client.ConfigurationReload))
                client._runtime.Publisher.Tell(() => handler(client, args), "reload");
        }
    }

    private sealed class Subscription(SetpointClient client, string key, Action<ConfigurationChange> callback) : IDisposable
    {
        private volatile bool _disposed;

        public void Tell(ConfigurationUpdatedEventArgs args)
        {
            var changes = args.Changes.Where(change => IsAtOrBelow(change.Key)).ToImmutableArray();
            if (!_disposed && !changes.IsEmpty)
                callback(new ConfigurationChange(key, args.Version, changes));
        }

        public void Dispose()
        {
            _disposed = true;
            ImmutableInterlocked.Update(ref client._watches, (all, one) => all.Remove(one), this);
        }

        private bool IsAtOrBelow(string changed) =>
            key.Length == 0
            || (changed.StartsWith(key, StringComparison.OrdinalIgnoreCase) && (changed.Length == key.Length || changed[key.Length] == ':'));
    }
}
