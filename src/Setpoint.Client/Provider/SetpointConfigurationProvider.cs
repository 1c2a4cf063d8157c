using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using Setpoint.Client.Snapshots;

namespace Setpoint.Client.Provider;

/// <summary>
/// Shows the runtime's current snapshot to <see cref="IConfiguration"/>. Holds no values of its own: replacing the snapshot is one
/// reference, so a reader sees all of a change or nothing of it per read, and an array that shrinks leaves nothing behind.
/// </summary>
internal sealed class SetpointConfigurationProvider : IConfigurationProvider, IDisposable
{
    private readonly SnapshotBoard _board;
    private ConfigurationReloadToken _reload = new();

    public SetpointConfigurationProvider(SetpointRuntime runtime)
    {
        Runtime = runtime;
        _board = runtime.Board;
    }

    public SetpointRuntime Runtime { get; }

    public bool TryGet(string key, out string? value) => _board.Visible.Values.TryGetValue(key, out value);

    /// <summary>Refused: the server decides what this provider shows. Other providers still take the value, as with any read-only source.</summary>
    public void Set(string key, string? value)
    {
        // IConfiguration's indexer sets a key in every provider; throwing here would break `configuration["x"] = "y"` for the whole app.
    }

    public IChangeToken GetReloadToken() => Volatile.Read(ref _reload);

    /// <summary>The first call gets a configuration, or fails the start. Later calls, from IConfigurationRoot.Reload, have nothing to do.</summary>
    public void Load()
    {
        Runtime.Attach(this);
        Runtime.Start();
    }

    public IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) =>
        ChildKeys.Merge(earlierKeys, _board.Visible.ChildKeys(parentPath));

    /// <summary>Tells the app that values changed. Called only by the publisher, after the snapshot was replaced.</summary>
    public void RaiseReload()
    {
        // A new token first: whoever the old one wakes asks for the next at once.
        var previous = Interlocked.Exchange(ref _reload, new());
        previous.OnReload();
    }

    public void Dispose() => Runtime.Detach(this);

    public override string ToString() => $"Setpoint ({Runtime.Identity})";
}
