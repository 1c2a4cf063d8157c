using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Setpoint.Server.Tests.Host;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Telemetry;

public sealed class OtlpTests
{
    [Fact]
    public async Task A_collector_gets_traces_while_the_server_runs_and_figures_at_the_latest_when_it_stops()
    {
        await using var collector = await Collector.StartAsync();
        await using (var server = await RunningServer.StartAsync(settings => settings with { OtlpEndpoint = collector.Address, OtlpOverHttp = true }))
        {
            await server.PutAsync("/api/config/mail", """{"config":{"password":"hunter2-canary"}}""");
            await server.GetAsync("/api/config/mail?environment=production");
            // They go out every five seconds. What is left is sent at the stop, within a bound that code which never ran may miss on a busy machine.
            await Eventually.TrueAsync(
                () => collector.Received.ContainsKey("/v1/traces") && collector.TextOf("/v1/traces").Contains("PUT /api/config/{ns}", StringComparison.Ordinal),
                "the collector has the trace of the write");
        }

        collector.Received.Keys.Order().ShouldBe(["/v1/metrics", "/v1/traces"]);
        var figures = collector.TextOf("/v1/metrics");
        figures.ShouldContain("setpoint.config.reads");
        figures.ShouldContain("setpoint.ledger.commits");
        figures.ShouldContain("http.server.request.duration");
        figures.ShouldContain("service.name");
        var traces = collector.TextOf("/v1/traces");
        traces.ShouldContain("Microsoft.AspNetCore");
        traces.ShouldContain("PUT /api/config/{ns}");
        traces.ShouldContain("http.response.status_code");
        (figures + traces).ShouldNotContain("hunter2-canary");
    }

    [Fact]
    public async Task A_collector_that_is_not_there_stops_nobody()
    {
        await using var server = await RunningServer.StartAsync(settings => settings with { OtlpEndpoint = new Uri("http://127.0.0.1:9"), OtlpOverHttp = true });

        var reply = await server.GetAsync("/health/ready");

        ((int)reply.Status).ShouldBe(200);
    }

    /// <summary>As much of a collector as takes what is sent.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly WebApplication _app;

        private Collector(WebApplication app, Uri address)
        {
            _app = app;
            Address = address;
        }

        public Uri Address { get; }

        public ConcurrentDictionary<string, ConcurrentQueue<byte[]>> Received { get; } = new();

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            Collector? collector = null;
            app.Run(async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body, context.RequestAborted);
                collector!.Received.GetOrAdd(context.Request.Path.Value!, static _ => new()).Enqueue(body.ToArray());
            });
            await app.StartAsync(TestContext.Current.CancellationToken);
            var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            return collector = new(app, new Uri(address));
        }

        /// <summary>Protobuf keeps texts as they are, which is enough to find them.</summary>
        public string TextOf(string path) => string.Concat(Received[path].Select(Encoding.Latin1.GetString));

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }
}
