using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Setpoint.Core;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Server.Access;
using Setpoint.Server.Health;
using Setpoint.Server.Ledger;

namespace Setpoint.Server.Tests.Health;

/// <summary>What comes of components that are not well.</summary>
public sealed class HealthAnswerTests
{
    [Fact]
    public async Task A_degraded_component_degrades_the_server_and_requests_still_come()
    {
        var (status, body) = await AskAsync(new Fixed("sources", HealthStatus.Degraded), new Fixed("ledger", HealthStatus.Ok));

        status.ShouldBe(StatusCodes.Status200OK);
        body["status"]!.ToString().ShouldBe("\"degraded\"");
        body["components"]!.ToString().ShouldBe("""{"sources":{"status":"degraded","n":1},"ledger":{"status":"ok","n":1}}""");
    }

    [Fact]
    public async Task An_unavailable_component_sends_requests_elsewhere()
    {
        var (status, body) = await AskAsync(new Fixed("ledger", HealthStatus.Unavailable), new Fixed("sources", HealthStatus.Degraded));

        status.ShouldBe(StatusCodes.Status503ServiceUnavailable);
        body["status"]!.ToString().ShouldBe("\"unavailable\"");
    }

    [Fact]
    public async Task A_component_that_does_not_answer_is_degraded_and_keeps_nobody_waiting()
    {
        var (status, body) = await AskAsync(new Silent(), new Fixed("ledger", HealthStatus.Ok));

        status.ShouldBe(StatusCodes.Status200OK);
        body["components"]!.ToString().ShouldStartWith("""{"silent":{"status":"degraded","problem":"No answer within 1 s."}""");
    }

    private static async Task<(int Status, JsonObject Body)> AskAsync(params IHealthSource[] sources)
    {
        var board = new SnapshotBoard(StandardCatalog.Default);
        board.Replace(Snapshot.Load(board.Current.Catalog, 1, Fingerprint.None, default, []));
        var endpoints = new HealthEndpoints(sources, board, new Running(), TimeProvider.System);
        var context = new DefaultHttpContext();
        using var body = new MemoryStream();
        context.Response.Body = body;
        context.Features.Set(new Principal("admin"));

        await endpoints.HealthAsync(context);

        return (context.Response.StatusCode, (JsonObject)JsonReader.Parse(Encoding.UTF8.GetString(body.ToArray())).Value);
    }

    private sealed class Fixed(string component, HealthStatus status) : IHealthSource
    {
        public string Component => component;

        public ValueTask<ComponentHealth> CheckAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult(new ComponentHealth(status, new JsonObjectBuilder().Add("n", 1).Build()));
    }

    private sealed class Silent : IHealthSource
    {
        public string Component => "silent";

        public ValueTask<ComponentHealth> CheckAsync(CancellationToken cancellationToken) =>
            new(new TaskCompletionSource<ComponentHealth>().Task);
    }

    private sealed class Running : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => new(canceled: true);

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }
}
