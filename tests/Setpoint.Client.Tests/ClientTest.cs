using Setpoint.Client.Tests.FakeServer;
using Setpoint.TestKit;

namespace Setpoint.Client.Tests;

/// <summary>A cache folder, a log, and options that point at a scripted server.</summary>
public abstract class ClientTest : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _port;

    protected ClientTest() => UnderWay.Watch();

    private protected ManualTime Time { get; } = new();

    private protected LogLines Log { get; } = new();

    private protected string CacheFolder => Path.Combine(_folder.Path, "cache");

    private protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private protected Action<SetpointOptions> Options(ScriptedServer server, Action<SetpointOptions>? more = null) => Options(server.Url, more);

    private protected Action<SetpointOptions> Options(string url, Action<SetpointOptions>? more = null) => options =>
    {
        _port = new Uri(url).Port;
        options.Server = url;
        // What hangs in these tests names its own: a machine that is slow must not make a start give up.
        options.StartTimeout = Eventually.Soon;
        options.ApiKey = ScriptedServer.Key;
        options.Service = "notification-service";
        options.Environment = "production";
        options.CacheFolder = CacheFolder;
        options.LoggerFactory = Log;
        more?.Invoke(options);
    };

    private protected Task<SetpointConnection> ConnectAsync(ScriptedServer server, Action<SetpointOptions>? more = null) =>
        SetpointConnection.OpenAsync(Options(server, more), Cancelled);

    /// <summary>Runs a client once, so that the cache holds what the server has.</summary>
    private protected async Task FillCacheAsync(ScriptedServer server, Action<SetpointOptions>? more = null)
    {
        await using (await ConnectAsync(server, more))
        {
        }

        Directory.EnumerateFiles(CacheFolder).ShouldNotBeEmpty();
    }

    /// <summary>Lets <see cref="Time"/> pass until the condition holds, and never while the client waits for an answer.</summary>
    private protected Task AdvanceUntilAsync(Func<bool> condition, string what) => Time.AdvanceUntilAsync(condition, what, IsAtWork);

    /// <summary>Waits until the client does nothing but wait for time to pass, or for the server to say something.</summary>
    private protected Task CalmAsync() => Time.CalmAsync(IsAtWork);

    private bool IsAtWork() => UnderWay.AnyTo(_port);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => _folder.Dispose();
}
