using Setpoint.Client.Hosting;

namespace Setpoint.Client;

/// <summary>
/// A client for a program without a host: it follows the server until it is disposed. An app with a host calls
/// <see cref="SetpointExtensions.AddSetpoint{TBuilder}"/> instead.
/// </summary>
public sealed class SetpointConnection : IAsyncDisposable
{
    private readonly SetpointRuntime _runtime;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _following;
    private int _disposed;

    private SetpointConnection(SetpointRuntime runtime)
    {
        _runtime = runtime;
        _following = runtime.RunAsync(_stop.Token);
    }

    /// <summary>The client. Its reads keep working after the connection is disposed; they then show the last configuration.</summary>
    public ISetpointClient Client => _runtime.Client;

    /// <summary>Gets a configuration, from the server or else from the cache, and begins to follow it.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The options are wrong; every problem is listed.</exception>
    /// <exception cref="SetpointStartException">
    /// There is neither an answer of the server nor a cached configuration, or keys are missing that <see cref="SetpointOptions.RequiredKeys"/> makes a condition.
    /// </exception>
    public static async Task<SetpointConnection> OpenAsync(Action<SetpointOptions> configure, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new SetpointOptions();
        configure(options);
        var runtime = new SetpointRuntime(SetpointSettings.Of(options, Environment.GetEnvironmentVariable));
        try
        {
            await runtime.StartAsync(cancellationToken).ConfigureAwait(false);
            runtime.Require([], configuration: null);
            runtime.JudgeFirst();
            runtime.WarnOfMissing();
            return new(runtime);
        }
        catch
        {
            runtime.Dispose();
            throw;
        }
    }

    /// <summary>Stops following, and writes what the cache still lacks.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(false);
        _stop.Dispose();
        _runtime.Dispose();
    }
}
