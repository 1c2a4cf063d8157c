using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Setpoint.Client.Following;
using Setpoint.Client.Hosting;
using Setpoint.Client.Transport;
using Setpoint.Core.Json;

namespace Setpoint.Client.Requirements;

/// <summary>
/// Tells the server once which keys the app requires. At its best: an app that starts while the server is away tries for some minutes and
/// then lets it be, since the check that matters was made here already.
/// </summary>
internal sealed class Registrar(SetpointSettings settings, ImmutableArray<RequiredKey> required, SetpointTransport transport, ILogger log)
{
    // The waits between them add up to two minutes at most (1 + 2 + 4 + 8 + 16 + 30 + 30 + 30 s), half of that on average.
    private const int AttemptsMax = 9;

    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(10);

    // Drawn from the app's, and not shared with the follower, which runs at the same time: a Random of the app's own may serve one thread only.
    [SuppressMessage("Security", "CA5394", Justification = "Jitter spreads load; nobody gains from guessing it.")]
    private readonly Random _random = new(settings.Random.Next());

    /// <summary>Returns when the server knows, cannot be told, or <paramref name="stop"/> is requested. Never throws.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        // A registration is for an environment; an app that reads base layers only is in none.
        if (settings.Identity.Environment is not { } environment)
            return;
        var body = JsonWriter.ToUtf8(Describe(environment));
        var backoff = new Backoff(_random);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                if (await TryAsync(body, stop).ConfigureAwait(false) is not { } failure)
                {
                    log.Registered(required.Length);
                    return;
                }

                // A refused key or an unknown environment is refused again.
                if (attempt == AttemptsMax || failure.Kind is FailureKind.Unauthorized or FailureKind.Missing or FailureKind.Refused)
                {
                    log.NotRegistered(failure.Message);
                    return;
                }

                await Task.Delay(backoff.Next() + (failure.RetryAfter ?? TimeSpan.Zero), settings.Time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The app ends; the next start tells.
        }
    }

    private async Task<FetchOutcome.Failed?> TryAsync(byte[] body, CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(AttemptTimeout, settings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            return await transport.PostAsync("api/services/register", body, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new(FailureKind.Unreachable, $"The server did not answer within {AttemptTimeout.TotalSeconds:0} s.");
        }
    }

    private JsonObject Describe(string environment)
    {
        var keys = required.Select(key =>
        {
            var entry = new JsonObjectBuilder(3).Add("key", key.Requirement.Key);
            return (JsonValue)(key.Requirement.Type is { } type ? entry.Add("type", type).Add("text", true) : entry).Build();
        });
        return new JsonObjectBuilder(4)
            .Add("serviceName", settings.Identity.Service)
            .Add("environment", environment)
            .Add("version", settings.ServiceVersion)
            .Add("requiredConfigs", new JsonArray([.. keys]))
            .Build();
    }
}
