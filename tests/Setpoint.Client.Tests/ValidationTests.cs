using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Setpoint.Client.Tests.FakeServer;
using Setpoint.TestKit;

namespace Setpoint.Client.Tests;

public sealed class ValidationTests : ClientTest
{
    private const string Good = """{"email":{"from":"a@example.com","port":25},"limit":{"perMinute":600}}""";
    private const string Better = """{"email":{"from":"b@example.com","port":26},"limit":{"perMinute":700}}""";
    private const string BadPort = """{"email":{"from":"c@example.com","port":99999},"limit":{"perMinute":800}}""";
    private const string Unbindable = """{"email":{"from":"c@example.com","port":"hunter2"},"limit":{"perMinute":800}}""";

    [Fact]
    public async Task A_good_change_reaches_the_options_monitor()
    {
        await using var server = await ScriptedServer.StartAsync(Good);
        using var host = await HostAsync(server);
        var monitor = Monitor(host);
        monitor.CurrentValue.Port.ShouldBe(25);

        server.Publish(Better);

        await Soon.BecomesTrueAsync(() => monitor.CurrentValue.Port == 26, "the monitor shows the change");
        monitor.CurrentValue.From.ShouldBe("b@example.com");
        await host.StopAsync(Cancelled);
    }

    [Theory]
    [InlineData(BadPort, "port is 1 to 65535")]
    [InlineData(Unbindable, "'email:port'")]
    public async Task A_refused_change_keeps_the_last_good_everywhere_and_a_good_one_then_converges(string bad, string told)
    {
        await using var server = await ScriptedServer.StartAsync(Good);
        using var host = await HostAsync(server);
        var client = host.Services.GetRequiredService<ISetpointClient>();
        var monitor = Monitor(host);
        var limit = host.Services.GetRequiredService<IOptionsMonitor<LimitOptions>>();
        var configuration = host.Services.GetRequiredService<IConfiguration>();
        var shown = new ConcurrentQueue<int>();
        var refused = new ConcurrentQueue<ConfigurationRefusal>();
        using var listening = monitor.OnChange(value => shown.Enqueue(value.Port));
        client.ConfigurationRefused += (_, args) => refused.Enqueue(args.Refusal);
        await Soon.BecomesTrueAsync(() => client.Status.State == SetpointState.Streaming, "it streams");

        server.Publish(bad);
        // What is told last.
        await Soon.BecomesTrueAsync(() => !refused.IsEmpty, "the change is refused");

        monitor.CurrentValue.Port.ShouldBe(25);
        limit.CurrentValue.PerMinute.ShouldBe(600, "a configuration is taken as a whole or not at all");
        configuration["email:from"].ShouldBe("a@example.com");
        configuration.GetSection("email").GetChildren().Select(child => child.Value).ShouldBe(["a@example.com", "25"]);
        client.Get("limit:perMinute").ShouldBe("600");
        client.Status.Revision.ShouldBe(1);
        client.Status.State.ShouldBe(SetpointState.Streaming);
        var refusal = refused.ShouldHaveSingleItem();
        refusal.Revision.ShouldBe(2);
        refusal.Failures.ShouldHaveSingleItem().Subject.ShouldBe("EmailOptions");
        refusal.Failures[0].Message.ShouldContain(told);
        Log.Count(7011).ShouldBe(1);
        Log.Text.ShouldNotContain("hunter2", customMessage: "a value is never logged");
        refusal.ToString().ShouldNotContain("hunter2");

        server.Publish(Better);
        await Soon.BecomesTrueAsync(() => monitor.CurrentValue.Port == 26, "a good change converges");
        client.Status.LastRefusal.ShouldBeNull();
        shown.ShouldAllBe(port => port == 26);
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_refusal_is_logged_once_however_often_the_server_repeats_it()
    {
        await using var server = await ScriptedServer.StartAsync(Good);
        using var host = await HostAsync(server);
        var client = host.Services.GetRequiredService<ISetpointClient>();
        await Soon.BecomesTrueAsync(() => client.Status.State == SetpointState.Streaming, "it streams");
        server.Publish(BadPort);
        await Soon.BecomesTrueAsync(() => client.Status.LastRefusal is not null, "the change is refused");
        var first = client.Status.LastRefusal;

        server.CutStreams();
        await Soon.BecomesTrueAsync(() => !ReferenceEquals(client.Status.LastRefusal, first), "it is refused again");

        Log.Count(7011).ShouldBe(1);
        Monitor(host).CurrentValue.Port.ShouldBe(25);
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_refused_configuration_never_reaches_the_cache()
    {
        await using var server = await ScriptedServer.StartAsync(Good);
        using (var host = await HostAsync(server))
        {
            server.Publish(BadPort);
            var client = host.Services.GetRequiredService<ISetpointClient>();
            await Soon.BecomesTrueAsync(() => client.Status.LastRefusal is not null, "the change is refused");
            await host.StopAsync(Cancelled);
        }

        foreach (var slot in Directory.GetFiles(CacheFolder))
            (await File.ReadAllTextAsync(slot, Cancelled)).ShouldNotContain("99999");
        server.ConfigScript = ScriptedServer.Status(500);
        using var restarted = Build(server);
        Monitor(restarted).CurrentValue.Port.ShouldBe(25);
    }

    [Fact]
    public async Task A_first_configuration_that_is_refused_gives_way_to_the_cached_one_before_options_are_validated()
    {
        await using var server = await ScriptedServer.StartAsync(Good);
        using (var host = await HostAsync(server))
            await host.StopAsync(Cancelled);
        server.Publish(BadPort);

        using var restarted = Build(server, services => services.AddOptions<EmailOptions>().ValidateOnStart());
        restarted.Services.GetRequiredService<IConfiguration>()["email:port"].ShouldBe("99999", "nothing has judged it yet");
        Should.Throw<OptionsValidationException>(() => Monitor(restarted).CurrentValue);
        await restarted.StartAsync(Cancelled);

        Monitor(restarted).CurrentValue.Port.ShouldBe(25);
        var status = restarted.Services.GetRequiredService<ISetpointClient>().Status;
        status.Origin.ShouldBe(SetpointOrigin.Cache);
        status.LastRefusal!.Revision.ShouldBe(2);
        await restarted.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_first_configuration_that_is_refused_without_a_cached_one_stops_the_start_with_the_failures()
    {
        await using var server = await ScriptedServer.StartAsync(BadPort);
        using var host = Build(server);

        var failure = await Should.ThrowAsync<SetpointStartException>(() => host.StartAsync(Cancelled));

        failure.Message.ShouldContain("EmailOptions: port is 1 to 65535");
        Directory.Exists(CacheFolder).ShouldBeFalse();
    }

    [Fact]
    public async Task An_optional_client_starts_without_a_first_configuration_that_is_refused()
    {
        await using var server = await ScriptedServer.StartAsync(BadPort);
        using var host = Build(server, options: o => o.Optional = true);
        await host.StartAsync(Cancelled);
        var client = host.Services.GetRequiredService<ISetpointClient>();

        client.Get("email:port").ShouldBeNull();
        client.Status.Origin.ShouldBe(SetpointOrigin.None);
        server.Publish(Good);
        await Soon.BecomesTrueAsync(() => client.Status.LastRefusal is null, "a good one is taken");
        client.Get("email:port").ShouldBe("25");
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Every_failure_of_every_options_type_and_guard_is_listed()
    {
        await using var server = await ScriptedServer.StartAsync(Good);
        using var host = await HostAsync(server, services => services.AddSingleton<IConfigurationGuard, NoTestAddresses>());
        var client = host.Services.GetRequiredService<ISetpointClient>();

        server.Publish("""{"email":{"from":"x@test.invalid","port":0},"limit":{"perMinute":-1}}""");
        await Soon.BecomesTrueAsync(() => client.Status.LastRefusal is not null, "the change is refused");

        client.Status.LastRefusal!.Failures.Select(failure => (failure.Subject, failure.Message)).ShouldBe(
            [("EmailOptions", "port is 1 to 65535"), ("LimitOptions", "perMinute is positive"), (nameof(NoTestAddresses), "email:from is a test address")],
            ignoreOrder: true);
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Named_options_and_BindConfiguration_are_judged_too()
    {
        await using var server = await ScriptedServer.StartAsync("""{"primary":{"port":1},"backup":{"port":2}}""");
        using var host = Build(
            server,
            services =>
            {
                services.AddOptions<NamedOptions>("primary").BindConfiguration("primary").Validate(o => o.Port > 0, "port is positive");
                services.AddOptions<NamedOptions>("backup").BindConfiguration("backup").Validate(o => o.Port > 0, "port is positive");
            },
            standard: false);
        await host.StartAsync(Cancelled);
        var monitor = host.Services.GetRequiredService<IOptionsMonitor<NamedOptions>>();
        var client = host.Services.GetRequiredService<ISetpointClient>();

        server.Publish("""{"primary":{"port":5},"backup":{"port":-2}}""");
        await Soon.BecomesTrueAsync(() => client.Status.LastRefusal is not null, "the change is refused");

        client.Status.LastRefusal!.Failures.ShouldHaveSingleItem().Subject.ShouldBe("NamedOptions 'backup'");
        monitor.Get("primary").Port.ShouldBe(1);
        monitor.Get("backup").Port.ShouldBe(2);
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Options_that_fail_for_a_reason_of_their_own_do_not_freeze_the_configuration()
    {
        await using var server = await ScriptedServer.StartAsync(Good);
        var source = new MutableSource { Value = "fine" };
        using var host = Build(
            server,
            services => services.AddOptions<OtherOptions>().BindConfiguration("other").Validate(o => o.Text == "fine", "text is fine"),
            configuration => configuration.Add(source));
        await host.StartAsync(Cancelled);
        var client = host.Services.GetRequiredService<ISetpointClient>();
        source.Value = "broken elsewhere";

        server.Publish(Better);

        await Soon.BecomesTrueAsync(() => client.Get("email:port") == "26", "the change is taken");
        client.Status.LastRefusal.ShouldBeNull();
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Options_are_bound_from_one_configuration_also_when_another_arrives_in_the_middle()
    {
        await using var server = await ScriptedServer.StartAsync("""{"x":"1","y":"1"}""");
        Action? between = null;
        using var host = Build(
            server,
            services => services.AddOptions<PairOptions>().Configure<IConfiguration>((pair, configuration) =>
            {
                pair.X = configuration["x"];
                Interlocked.Exchange(ref between, null)?.Invoke();
                pair.Y = configuration["y"];
            }),
            standard: false);
        await host.StartAsync(Cancelled);
        var client = host.Services.GetRequiredService<ISetpointClient>();
        await Soon.BecomesTrueAsync(() => client.Status.State == SetpointState.Streaming, "it streams");
        between = () =>
        {
            server.Publish("""{"x":"2","y":"2"}""");
            SpinWait.SpinUntil(() => client.Get("x") == "2", Eventually.Soon).ShouldBeTrue();
        };

        using var scope = host.Services.CreateScope();
        var pair = scope.ServiceProvider.GetRequiredService<IOptionsSnapshot<PairOptions>>().Value;

        (pair.X, pair.Y).ShouldBe(("1", "1"));
        client.Get("y").ShouldBe("2");
        using var next = host.Services.CreateScope();
        next.ServiceProvider.GetRequiredService<IOptionsSnapshot<PairOptions>>().Value.Y.ShouldBe("2");
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task The_environment_defaults_to_the_hosts_in_lower_case()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("SETPOINT_ENVIRONMENT") is not null, "SETPOINT_ENVIRONMENT is set here and would win.");
        await using var server = await ScriptedServer.StartAsync("{}", environment: "staging");
        var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = "Staging" });

        builder.AddSetpoint(Options(server, o => o.Environment = null));

        server.Requests.ShouldHaveSingleItem().Query.ShouldBe("?environment=staging");
    }

    [Fact]
    public async Task Validation_of_a_type_can_be_left_out()
    {
        await using var server = await ScriptedServer.StartAsync(Good);
        using var host = Build(server, options: o => o.ValidatesOptions = type => type != typeof(EmailOptions));
        await host.StartAsync(Cancelled);

        server.Publish(BadPort);

        await Soon.BecomesTrueAsync(() => host.Services.GetRequiredService<ISetpointClient>().Get("email:port") == "99999", "the change is taken");
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_bound_handle_takes_part_in_the_judgement()
    {
        await using var server = await ScriptedServer.StartAsync(Good);
        await using var connection = await ConnectAsync(server);
        var handle = connection.Client.Handle<EmailOptions>("email");
        connection.Client.Handle<EmailOptions>("email").ShouldBeSameAs(handle);
        var before = handle.Value;
        await Soon.BecomesTrueAsync(() => connection.Client.Status.State == SetpointState.Streaming, "it streams");

        server.Publish(Unbindable);
        await Soon.BecomesTrueAsync(() => connection.Client.Status.LastRefusal is not null, "the change is refused");
        handle.Value.ShouldBeSameAs(before);
        connection.Client.Get("limit:perMinute").ShouldBe("600");

        server.Publish(Better);
        await Soon.BecomesTrueAsync(() => handle.Value.Port == 26, "the handle shows the change");
    }

    [Fact]
    public async Task The_configuration_of_the_app_overrides_the_servers_where_it_was_added_later()
    {
        await using var server = await ScriptedServer.StartAsync(Good);
        using var host = await HostAsync(server, configure: c => c.AddInMemoryCollection([new("email:port", "4711")]));

        Monitor(host).CurrentValue.Port.ShouldBe(4711);
        host.Services.GetRequiredService<ISetpointClient>().Get("email:port").ShouldBe("25");
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Reloading_or_rebuilding_the_apps_configuration_asks_the_server_no_second_time_and_keeps_following()
    {
        await using var server = await ScriptedServer.StartAsync(Good);
        using var host = await HostAsync(server, configure: c => c.Sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource()));
        var configuration = (IConfigurationRoot)host.Services.GetRequiredService<IConfiguration>();

        configuration.Reload();

        server.RequestsTo("/api/config").ShouldHaveSingleItem();
        configuration["email:port"].ShouldBe("25");
        server.Publish(Better);
        await Soon.BecomesTrueAsync(() => Monitor(host).CurrentValue.Port == 26, "the change arrives");
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Without_the_source_the_services_say_what_is_missing()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddSetpoint();
        using var host = builder.Build();

        (await Should.ThrowAsync<InvalidOperationException>(() => host.StartAsync(Cancelled))).Message.ShouldContain("builder.Configuration.AddSetpoint");
    }

    private static IOptionsMonitor<EmailOptions> Monitor(IHost host) => host.Services.GetRequiredService<IOptionsMonitor<EmailOptions>>();

    private async Task<IHost> HostAsync(ScriptedServer server, Action<IServiceCollection>? services = null, Action<IConfigurationBuilder>? configure = null)
    {
        var host = Build(server, services, configure);
        await host.StartAsync(Cancelled);
        return host;
    }

    private IHost Build(
        ScriptedServer server,
        Action<IServiceCollection>? services = null,
        Action<IConfigurationBuilder>? configure = null,
        Action<SetpointOptions>? options = null,
        bool standard = true)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.AddSetpoint(Options(server, o => { o.LoggerFactory = null; options?.Invoke(o); }));
        configure?.Invoke(builder.Configuration);
        builder.Logging.AddProvider(Log);
        if (standard)
        {
            builder.Services.AddOptions<EmailOptions>().BindConfiguration("email");
            builder.Services.AddSingleton<IValidateOptions<EmailOptions>, EmailOptionsValidator>();
            builder.Services.Configure<LimitOptions>(builder.Configuration.GetSection("limit"));
            builder.Services.AddOptions<LimitOptions>().Validate(o => o.PerMinute > 0, "perMinute is positive");
        }

        services?.Invoke(builder.Services);
        return builder.Build();
    }

    private sealed class EmailOptions
    {
        public string From { get; set; } = "";

        public int Port { get; set; }
    }

    private sealed class LimitOptions
    {
        public int PerMinute { get; set; }
    }

    private sealed class NamedOptions
    {
        public int Port { get; set; }
    }

    private sealed class PairOptions
    {
        public string? X { get; set; }

        public string? Y { get; set; }
    }

    private sealed class OtherOptions
    {
        public string Text { get; set; } = "";
    }

    private sealed class EmailOptionsValidator : IValidateOptions<EmailOptions>
    {
        public ValidateOptionsResult Validate(string? name, EmailOptions options) =>
            options.Port is < 1 or > 65535 ? ValidateOptionsResult.Fail("port is 1 to 65535") : ValidateOptionsResult.Success;
    }

    private sealed class NoTestAddresses : IConfigurationGuard
    {
        public IEnumerable<string> Problems(IConfiguration candidate)
        {
            if (candidate["email:from"]?.EndsWith(".invalid", StringComparison.Ordinal) == true)
                yield return "email:from is a test address";
        }
    }

    private sealed class MutableSource : ConfigurationProvider, IConfigurationSource
    {
        public string Value { get; set; } = "";

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override bool TryGet(string key, out string? value)
        {
            value = Value;
            return key == "other:text" || key == "other:Text";
        }

        public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) =>
            parentPath == "other" ? earlierKeys.Append("text") : earlierKeys;
    }
}
