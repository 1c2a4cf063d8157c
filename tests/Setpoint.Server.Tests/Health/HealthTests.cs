using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Health;

public sealed class HealthTests
{
    [Theory]
    [InlineData("/health")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Anybody_may_ask_how_the_server_is_and_hears_no_more(string path)
    {
        await using var server = await RunningServer.StartAsync();
        using var nobody = server.NewClient(key: null);

        using var reply = await nobody.GetAsync(path, TestContext.Current.CancellationToken);

        reply.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("""{"status":"ok"}""");
        reply.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task A_wrong_key_hears_no_more_than_nobody()
    {
        await using var server = await RunningServer.StartAsync();
        using var stranger = server.NewClient("not-the-admin-key-0123456789");

        (await stranger.GetStringAsync("/health", TestContext.Current.CancellationToken)).ShouldBe("""{"status":"ok"}""");
    }

    [Fact]
    public async Task A_caller_with_a_key_sees_each_component()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutAsync("/api/config/mail", """{"config":{"retries":3}}""");

        var reply = await server.GetAsync("/health");

        reply.At("/status").ShouldBe("\"ok\"");
        reply.At("/components/ledger").ShouldBe("""{"status":"ok","revision":2,"writable":true}""");
        reply.At("/components/store").ShouldBe("""{"status":"ok","revision":2}""");
        reply.At("/version").ShouldNotBeNull();
        reply.At("/uptimeSeconds").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_server_that_was_asked_to_stop_lives_but_is_not_ready()
    {
        await using var server = await RunningServer.StartAsync();
        // The signal alone, without what the host does on it: the moment between the two is what this is about.
        var lifetime = server.App.Services.GetRequiredService<IHostApplicationLifetime>();
        lifetime.StopApplication();

        var ready = await server.GetAsync("/health/ready");
        var live = await server.GetAsync("/health/live");
        var health = await server.GetAsync("/health");

        ready.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        ready.Text.ShouldBe("""{"status":"unavailable"}""");
        live.Status.ShouldBe(HttpStatusCode.OK);
        health.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        health.At("/components/ledger/status").ShouldBe("\"ok\"");
    }
}
