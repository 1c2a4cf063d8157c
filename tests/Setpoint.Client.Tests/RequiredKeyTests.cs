using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Setpoint.Client.Tests.FakeServer;
using Setpoint.TestKit;

namespace Setpoint.Client.Tests;

public sealed class RequiredKeyTests : ClientTest
{
    private const string Complete = """{"mail":{"host":"smtp","port":"25","inner":{"key":true}},"DATABASE_URL":"x"}""";
    private const string Incomplete = """{"mail":{"port":25,"inner":{"key":true}}}""";
    private const string Lacking = """{"mail":{"port":"hunter2","inner":{"key":null}}}""";

    [Fact]
    public async Task A_start_fails_with_every_missing_and_wrong_key_the_environment_and_where_to_set_them()
    {
        await using var server = await ScriptedServer.StartAsync(Lacking);

        var failure = await Should.ThrowAsync<SetpointStartException>(() => HostAsync(server, SetpointRequiredKeys.Fail));

        failure.Message.ShouldContain("notification-service in production");
        string[] told =
        [
            "DATABASE_URL is missing; it must be a string; PUT KEYS/DATABASE_URL?environment=production sets it",
            "mail.host is missing; it must be a string, for MailOptions.Host; PUT KEYS/mail.host?environment=production sets it",
            "mail.inner.key is null; it must be a boolean, for MailOptions.Inner.Key; PUT KEYS/mail.inner.key?environment=production sets it",
            "mail.port is another value; it must be an integer, for MailOptions.Port; PUT KEYS/mail.port?environment=production sets it",
            "MailOptions: the value at 'mail:Port' cannot be converted",
        ];
        foreach (var problem in told)
            failure.Message.ShouldContain(problem.Replace("KEYS", $"{server.Url}/api/config/notification-service/keys", StringComparison.Ordinal));
        failure.Message.ShouldNotContain("hunter2");
        server.Registrations.ShouldBeEmpty("what does not start is not registered");
    }

    [Fact]
    public async Task A_warning_is_one_line_and_the_app_starts()
    {
        await using var server = await ScriptedServer.StartAsync(Incomplete);

        using var host = await HostAsync(server, SetpointRequiredKeys.Warn);

        Log.Count(7025).ShouldBe(1);
        Log.Text.ShouldContain("lacks 2 key(s)");
        Log.Text.ShouldContain("mail.host is missing");
        host.Services.GetRequiredService<ISetpointClient>().Get("mail:port").ShouldBe("25");
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Complete_configurations_start_silently_and_the_server_learns_what_is_required()
    {
        await using var server = await ScriptedServer.StartAsync(Complete);

        using var host = await HostAsync(server, SetpointRequiredKeys.Fail, o => o.ServiceVersion = "2.1.0");

        await Soon.BecomesTrueAsync(() => server.Registrations.Count == 1, "the server is told");
        server.Registrations.Single().ShouldBe("""
            {"serviceName":"notification-service","environment":"production","version":"2.1.0","requiredConfigs":[{"key":"DATABASE_URL","type":"string","text":true},{"key":"mail.host","type":"string","text":true},{"key":"mail.inner.key","type":"boolean","text":true},{"key":"mail.port","type":"integer","text":true}]}
            """.Trim());
        server.RequestsTo("/api/services").ShouldHaveSingleItem().Authorization.ShouldBe("Bearer test-key");
        Log.Count(7025).ShouldBe(0);
        await host.StopAsync(Cancelled);
        server.Registrations.Count.ShouldBe(1, "once for a start");
    }

    [Fact]
    public async Task Ignored_keys_are_neither_checked_nor_told()
    {
        await using var server = await ScriptedServer.StartAsync(Incomplete);

        using var host = await HostAsync(server, SetpointRequiredKeys.Ignore);
        await Soon.BecomesTrueAsync(() => host.Services.GetRequiredService<ISetpointClient>().Status.State == SetpointState.Streaming, "it streams");
        await host.StopAsync(Cancelled);

        Log.Count(7025).ShouldBe(0);
        server.Registrations.ShouldBeEmpty();
    }

    [Fact]
    public async Task With_the_server_down_the_cached_configuration_is_checked()
    {
        string url;
        await using (var server = await ScriptedServer.StartAsync("""{"a":1}"""))
        {
            url = server.Url;
            await FillCacheAsync(server);
        }

        var failure = await Should.ThrowAsync<SetpointStartException>(() =>
            SetpointConnection.OpenAsync(Options(url, o => { o.RequiredKeys = SetpointRequiredKeys.Fail; o.RequireKey("a", "integer").RequireKey("B__C"); }), Cancelled));

        failure.Message.ShouldContain("B__C is missing; PUT");
        failure.Message.ShouldNotContain("Required key: a ");
        Log.Count(7001).ShouldBe(1);
    }

    [Fact]
    public async Task A_change_that_takes_a_required_key_away_is_refused_and_the_last_good_one_stays()
    {
        await using var server = await ScriptedServer.StartAsync(Complete);
        using var host = await HostAsync(server, SetpointRequiredKeys.Fail);
        var client = host.Services.GetRequiredService<ISetpointClient>();
        await Soon.BecomesTrueAsync(() => client.Status.State == SetpointState.Streaming, "it streams");

        server.Publish(Incomplete);

        await Soon.BecomesTrueAsync(() => client.Status.LastRefusal is not null, "the change is refused");
        client.Status.LastRefusal!.ToString().ShouldContain("mail.host is missing");
        client.Get("mail:host").ShouldBe("smtp");
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_cached_configuration_that_has_the_keys_takes_the_place_of_one_that_lacks_them()
    {
        await using var server = await ScriptedServer.StartAsync(Complete);
        await FillCacheAsync(server);
        server.Publish(Incomplete);

        using var host = await HostAsync(server, SetpointRequiredKeys.Fail);

        var client = host.Services.GetRequiredService<ISetpointClient>();
        client.Get("mail:host").ShouldBe("smtp");
        client.Status.Origin.ShouldBe(SetpointOrigin.Cache);
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_key_that_another_source_of_the_app_has_is_not_missing()
    {
        await using var server = await ScriptedServer.StartAsync("""{"mail":{"host":"h","inner":{"key":"False"}}}""");

        using var host = await HostAsync(server, SetpointRequiredKeys.Fail, configure: configuration =>
            configuration.AddInMemoryCollection([new("Mail:Port", "2525"), new("DATABASE_URL", "from-the-environment")]));

        host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<MailOptions>>().Value.Port.ShouldBe(2525);
        Log.Count(7025).ShouldBe(0);
        await host.StopAsync(Cancelled);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(422)]
    public async Task A_registration_that_is_refused_is_told_once_and_not_repeated(int status)
    {
        await using var server = await ScriptedServer.StartAsync(Complete);
        server.RegisterScript = ScriptedServer.Status(status, """{"code":"Refused","detail":"No."}""");

        using var host = await HostAsync(server, SetpointRequiredKeys.Warn);

        await Soon.BecomesTrueAsync(() => Log.Count(7027) == 1, "the failure is logged");
        server.Registrations.Count.ShouldBe(1);
        host.Services.GetRequiredService<ISetpointClient>().Get("mail:host").ShouldBe("smtp");
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_server_in_trouble_is_told_later_without_a_line()
    {
        await using var server = await ScriptedServer.StartAsync(Complete);
        server.RegisterScript = async context =>
        {
            server.RegisterScript = null;
            await ScriptedServer.Status(500)(context);
        };

        using var host = await HostAsync(server, SetpointRequiredKeys.Warn);

        await Soon.BecomesTrueAsync(() => Log.Count(7026) == 1, "the second attempt gets through");
        server.Registrations.Count.ShouldBe(2);
        Log.Count(7027).ShouldBe(0);
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_registration_that_hangs_holds_up_neither_the_start_nor_the_end()
    {
        await using var server = await ScriptedServer.StartAsync(Complete);
        server.RegisterScript = ScriptedServer.Hang;

        using var host = await HostAsync(server, SetpointRequiredKeys.Warn);
        await Soon.BecomesTrueAsync(() => server.Registrations.Count == 1, "it is asked");
        await host.StopAsync(Cancelled).WaitAsync(Eventually.Soon, Cancelled);

        Log.Count(7027).ShouldBe(0, "the end of the app is no failure");
    }

    [Fact]
    public async Task Without_an_environment_nothing_is_registered()
    {
        await using var server = await ScriptedServer.StartAsync(Complete);
        server.ConfigScript = ScriptedServer.Body("""{"version":1,"config":{"a":1}}""");

        await using (var connection = await ConnectAsync(server, o => { o.Environment = null; o.RequireKey("a"); }))
            await Soon.BecomesTrueAsync(() => connection.Client.Status.State == SetpointState.Streaming, "it streams");

        server.Registrations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("a..b", null)]
    [InlineData("a", "int")]
    public void A_key_or_type_that_cannot_be_is_refused_where_it_is_declared(string key, string? type) =>
        Should.Throw<ArgumentException>(() => new SetpointOptions().RequireKey(key, type));

    private async Task<IHost> HostAsync(
        ScriptedServer server, SetpointRequiredKeys requiredKeys, Action<SetpointOptions>? more = null, Action<IConfigurationBuilder>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders().AddProvider(Log);
        builder.Configuration.AddSetpoint(Options(server, options =>
        {
            options.RequiredKeys = requiredKeys;
            options.RequireKey("DATABASE_URL", "string");
            more?.Invoke(options);
        }));
        configure?.Invoke(builder.Configuration);
        builder.Services.AddSetpoint();
        builder.Services.AddSetpointOptions<MailOptions>("mail");
        var host = builder.Build();
        try
        {
            await host.StartAsync(Cancelled);
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    internal sealed class MailOptions
    {
        [System.ComponentModel.DataAnnotations.Required]
        public string Host { get; set; } = "";

        [System.ComponentModel.DataAnnotations.Required]
        public int Port { get; set; }

        public string? Comment { get; set; }

        public InnerOptions Inner { get; set; } = new() { Key = false };
    }

    internal sealed class InnerOptions
    {
        public required bool Key { get; set; }
    }
}
