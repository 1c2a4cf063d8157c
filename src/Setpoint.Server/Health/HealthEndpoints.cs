using Setpoint.Core.Json;
using Setpoint.Server.Access;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Process;

namespace Setpoint.Server.Health;

/// <summary>
/// <c>/health</c> for people, <c>/health/live</c> and <c>/health/ready</c> for orchestrators. Anybody may ask how the server is; what is the
/// matter is told to callers with a key.
/// </summary>
internal sealed class HealthEndpoints(IEnumerable<IHealthSource> sources, SnapshotBoard board, IHostApplicationLifetime lifetime, TimeProvider time)
{
    // A component that hangs is a finding, and must not make the one who asks hang with it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly IHealthSource[] _sources = [.. sources];
    private readonly long _started = time.GetTimestamp();

    /// <summary>200 while the process runs at all: whoever restarts it must not do so because a disk is full.</summary>
    public static Task LiveAsync(HttpContext context) => AnswerAsync(context, HealthStatus.Ok, null);

    /// <summary>200 when requests can be served: the ledger is open and nobody has asked the server to stop.</summary>
    public Task ReadyAsync(HttpContext context) =>
        AnswerAsync(context, IsReady ? HealthStatus.Ok : HealthStatus.Unavailable, null);

    public async Task HealthAsync(HttpContext context)
    {
        var checks = _sources.Select(source => CheckAsync(source, context.RequestAborted)).ToList();
        var components = await Task.WhenAll(checks);
        var status = IsReady ? components.Select(component => component.Status).DefaultIfEmpty().Max() : HealthStatus.Unavailable;
        if (context.CallerOrNobody() is null)
        {
            await AnswerAsync(context, status, null);
            return;
        }

        var shown = new JsonObjectBuilder(_sources.Length);
        for (var i = 0; i < _sources.Length; i++)
            shown.Add(_sources[i].Component, Shown(components[i]));
        await AnswerAsync(context, status, details => details
            .Add("version", ServerVersion.Number)
            .Add("uptimeSeconds", (long)time.GetElapsedTime(_started).TotalSeconds)
            .Add("components", shown.Build()));
    }

    private bool IsReady => board.Current.Revision > 0 && !lifetime.ApplicationStopping.IsCancellationRequested;

    private async Task<ComponentHealth> CheckAsync(IHealthSource source, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await source.CheckAsync(either.Token).AsTask().WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            return new(HealthStatus.Degraded, new JsonObjectBuilder(1).Add("problem", $"No answer within {Patience.TotalSeconds:0} s.").Build());
        }
    }

    /// <summary>The status first, then what else there is to say.</summary>
    private static JsonValue Shown(ComponentHealth component)
    {
        var shown = new JsonObjectBuilder(4).Add("status", NameOf(component.Status));
        if (component.Details is JsonObject members)
        {
            for (var i = 0; i < members.Count; i++)
                shown.Add(members.NameAt(i), members.ValueAt(i));
            return shown.Build();
        }

        return shown.Add("items", component.Details).Build();
    }

    private static Task AnswerAsync(HttpContext context, HealthStatus status, Func<JsonObjectBuilder, JsonObjectBuilder>? addDetails)
    {
        var body = new JsonObjectBuilder(4).Add("status", NameOf(status));
        addDetails?.Invoke(body);
        context.Response.Headers.CacheControl = "no-store";
        // A degraded server still serves: taking it out of the rotation would turn a broken file into an outage.
        return Answer.WriteAsync(context, status == HealthStatus.Unavailable ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK, body.Build());
    }

    private static string NameOf(HealthStatus status) => status switch
    {
        HealthStatus.Ok => "ok",
        HealthStatus.Degraded => "degraded",
        HealthStatus.Unavailable => "unavailable",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Unknown status."),
    };
}
