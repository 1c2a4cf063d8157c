using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Setpoint.Client.Tests.FakeServer;
using Setpoint.TestKit;

namespace Setpoint.Client.Tests;

public sealed class StartTests : ClientTest
{
    [Fact]
    public async Task A_start_reads_the_configuration_from_the_server()
    {
        await using var server = await ScriptedServer.StartAsync("""{"email":{"smtp":{"port":25}},"channels":["email","sms"]}""", revision: 7);

        var configuration = new ConfigurationBuilder().AddSetpoint(Options(server, o => { o.User = "ann"; o.Context["region"] = "eu west"; })).Build();

        configuration["email:smtp:port"].ShouldBe("25");
        configuration["EMAIL:SMTP:PORT"].ShouldBe("25");
        configuration.GetSection("channels").Get<string[]>().ShouldBe(["email", "sms"]);
        var request = server.Requests.ShouldHaveSingleItem();
        request.Path.ShouldBe("/api/config/notification-service");
        request.Query.ShouldBe("?environment=production&user=ann&ctx.region=eu%20west");
        request.Authorization.ShouldBe("Bearer test-key");
    }

    [Fact]
    public void Without_server_and_cache_the_start_fails_and_says_where_it_looked()
    {
        var url = $"http://127.0.0.1:{Ports.Next()}";

        var failure = Should.Throw<SetpointStartException>(() => new ConfigurationBuilder().AddSetpoint(Options(url)).Build());

        failure.Message.ShouldContain("notification-service in production");
        failure.Message.ShouldContain(url);
        failure.Message.ShouldContain(CacheFolder);
        failure.Message.ShouldNotContain(ScriptedServer.Key);
    }

    [Fact]
    public void Without_server_and_cache_an_optional_client_starts_empty()
    {
        var configuration = new ConfigurationBuilder().AddSetpoint(Options($"http://127.0.0.1:{Ports.Next()}", o => o.Optional = true)).Build();

        configuration["email:smtp:port"].ShouldBeNull();
        configuration.GetChildren().ShouldBeEmpty();
        Log.Count(7002).ShouldBe(1);
    }

    [Fact]
    public async Task With_the_server_down_the_start_uses_the_cache_and_logs_its_age_and_revision()
    {
        string url;
        await using (var server = await ScriptedServer.StartAsync("""{"a":{"b":"cached"}}""", revision: 5))
        {
            url = server.Url;
            await FillCacheAsync(server);
        }

        var configuration = new ConfigurationBuilder().AddSetpoint(Options(url)).Build();

        configuration["a:b"].ShouldBe("cached");
        var line = Log.All.Single(line => line.Id == 7001);
        line.Text.ShouldContain("revision 5");
        line.Text.ShouldContain("s ago");
    }

    [Fact]
    public async Task A_server_that_is_too_slow_gives_way_to_the_cache_within_the_start_time_out()
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"cached"}""", revision: 5);
        await FillCacheAsync(server);
        server.ConfigScript = ScriptedServer.Hang;

        await using var connection = await ConnectAsync(server, o => { o.StartTimeout = TimeSpan.FromMilliseconds(200); o.Follow = SetpointFollow.None; });

        connection.Client.Get("a").ShouldBe("cached");
        connection.Client.Status.Origin.ShouldBe(SetpointOrigin.Cache);
        connection.Client.Status.Revision.ShouldBe(5);
        Log.Text.ShouldContain("did not answer within 0.2 s");
    }

    [Fact]
    public async Task The_synchronous_start_is_bounded_too()
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"cached"}""");
        await FillCacheAsync(server);
        server.ConfigScript = ScriptedServer.Hang;

        var configuration = new ConfigurationBuilder().AddSetpoint(Options(server, o => o.StartTimeout = TimeSpan.FromMilliseconds(200))).Build();

        configuration["a"].ShouldBe("cached");
    }

    [Theory]
    [InlineData("<html>Bad gateway</html>")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"version":1}""")]
    [InlineData("""{"config":{}}""")]
    [InlineData("""{"version":1,"config":[1]}""")]
    [InlineData("""{"version":"1","config":{}}""")]
    [InlineData("""{"version":1,"config":{"a":1}""")]
    [InlineData("""{"version":1,"config":{"a":1,"A":2}}""")]
    [InlineData("""{"version":1,"config":{"a":"\ud800"}}""")]
    [InlineData("""{"version":1,"serviceName":"billing","config":{}}""")]
    [InlineData("""{"version":1,"environment":"staging","config":{}}""")]
    public async Task Garbage_at_the_start_gives_way_to_the_cache(string body)
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"cached"}""");
        await FillCacheAsync(server);
        server.ConfigScript = ScriptedServer.Body(body);

        await using var connection = await ConnectAsync(server, o => o.Follow = SetpointFollow.None);

        connection.Client.Get("a").ShouldBe("cached");
        connection.Client.Status.Origin.ShouldBe(SetpointOrigin.Cache);
        connection.Client.Status.LastError.ShouldNotBeNull();
    }

    [Fact]
    public async Task An_answer_over_the_limit_is_not_read_and_the_limit_is_named()
    {
        await using var server = await ScriptedServer.StartAsync($$"""{"a":"{{new string('x', 5000)}}"}""");

        var failure = await Should.ThrowAsync<SetpointStartException>(() => ConnectAsync(server, o => o.ResponseSizeMax = 4096));

        failure.Message.ShouldContain("ResponseSizeMax");
    }

    [Fact]
    public async Task A_refused_key_is_told_with_the_servers_words_and_never_with_the_key()
    {
        await using var server = await ScriptedServer.StartAsync();

        var failure = await Should.ThrowAsync<SetpointStartException>(() => ConnectAsync(server, o => o.ApiKey = "wrong-and-secret"));

        failure.Message.ShouldContain("401");
        failure.Message.ShouldContain("Unknown key.");
        failure.Message.ShouldNotContain("wrong-and-secret");
    }

    [Fact]
    public async Task A_key_file_is_read_and_a_missing_one_is_named()
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"x"}""");
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "admin.key");
        await File.WriteAllTextAsync(file, ScriptedServer.Key + "\n", Cancelled);
        void FromFile(SetpointOptions o) { o.ApiKey = null; o.ApiKeyFile = file; o.Follow = SetpointFollow.None; }

        await using (var connection = await ConnectAsync(server, FromFile))
            connection.Client.Get("a").ShouldBe("x");

        File.Delete(file);
        Directory.Delete(CacheFolder, recursive: true);
        (await Should.ThrowAsync<SetpointStartException>(() => ConnectAsync(server, FromFile))).Message.ShouldContain(file);
    }

    [Fact]
    public async Task A_cache_of_another_environment_user_or_server_is_not_used()
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"cached"}""");
        await FillCacheAsync(server);
        server.ConfigScript = ScriptedServer.Status(500);

        await Should.ThrowAsync<SetpointStartException>(() => ConnectAsync(server, o => o.Environment = "staging"));
        await Should.ThrowAsync<SetpointStartException>(() => ConnectAsync(server, o => o.User = "ann"));
        await Should.ThrowAsync<SetpointStartException>(() => ConnectAsync(server, o => o.Context["region"] = "eu"));
        await Should.ThrowAsync<SetpointStartException>(() => ConnectAsync(server, o => o.Service = "billing"));
        await Should.ThrowAsync<SetpointStartException>(() => ConnectAsync(server, o => o.Server = $"http://localhost:{server.Port}"));
    }

    [Fact]
    public void Wrong_options_are_all_told_at_once()
    {
        var failure = Should.Throw<OptionsValidationException>(() => new ConfigurationBuilder().AddSetpoint(options =>
        {
            options.Server = "ftp://somewhere";
            options.ApiKey = "two words";
            options.ApiKeyFile = "/some/file";
            options.PollInterval = TimeSpan.Zero;
            options.SilenceMax = TimeSpan.FromHours(1);
            options.StartTimeout = TimeSpan.FromHours(1);
            options.StreamRetryInterval = TimeSpan.Zero;
            options.ResponseSizeMax = 1;
            options.Follow = (SetpointFollow)9;
        }));

        string[] subjects = ["Server", "Service", "ApiKey and ApiKeyFile", "ApiKey holds", "PollInterval", "SilenceMax", "StartTimeout", "StreamRetryInterval", "ResponseSizeMax", "Follow"];
        foreach (var subject in subjects)
            failure.Failures.ShouldContain(problem => problem.StartsWith(subject, StringComparison.Ordinal), subject);
        failure.Failures.Count().ShouldBe(subjects.Length);
        failure.Message.ShouldNotContain("two words");
    }

    [Fact]
    public void What_code_leaves_out_comes_from_the_environment_variables_and_code_wins()
    {
        var variables = new Dictionary<string, string>
        {
            ["SETPOINT_URL"] = "http://10.0.0.1:3001",
            ["SETPOINT_API_KEY"] = "from-variable",
            ["SETPOINT_SERVICE"] = "from-variable",
            ["SETPOINT_ENVIRONMENT"] = "staging",
            ["SETPOINT_USER"] = "ann",
            ["SETPOINT_CACHE"] = "/var/cache/setpoint",
        };

        var settings = Hosting.SetpointSettings.Of(new SetpointOptions { Service = "from-code" }, variables.GetValueOrDefault);

        settings.Identity.Server.ShouldBe(new Uri("http://10.0.0.1:3001/"));
        settings.Identity.Service.ShouldBe("from-code");
        settings.Identity.Environment.ShouldBe("staging");
        settings.Identity.User.ShouldBe("ann");
        settings.ApiKey.Read().ShouldBe("from-variable");
        settings.CacheFolder.ShouldBe("/var/cache/setpoint");
    }
}
