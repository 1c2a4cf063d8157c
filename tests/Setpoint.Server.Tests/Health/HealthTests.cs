using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Setpoint.Server.Tests.Host;
using Setpoint.TestKit;

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
        reply.At("/components/sources").ShouldBe("""{"status":"ok","items":[]}""");
        reply.At("/components/delivery").ShouldBe("""{"status":"ok","subscribers":{"websocket":0,"sse":0}}""");
        reply.At("/version").ShouldNotBeNull();
        reply.At("/uptimeSeconds").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_broken_file_degrades_the_server_and_is_named_with_its_place()
    {
        using var tree = new TempFolder();
        Directory.CreateDirectory(tree.File("services"));
        await File.WriteAllTextAsync(tree.File("services/mail.json"), "{\n  \"retries\": 3,,\n}", TestContext.Current.CancellationToken);
        await using var server = await RunningServer.StartAsync(settings => settings with { ConfigTree = tree.Path });

        var reply = await server.GetAsync("/health");

        reply.Status.ShouldBe(HttpStatusCode.OK);
        reply.At("/status").ShouldBe("\"degraded\"");
        reply.At("/components/sources/status").ShouldBe("\"degraded\"");
        reply.At("/components/sources/items/0/errors/0/file").ShouldBe("\"services/mail.json\"");
        reply.At("/components/sources/items/0/errors/0/line").ShouldBe("2");
        (await server.GetAsync("/health/ready")).Status.ShouldBe(HttpStatusCode.OK);
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
