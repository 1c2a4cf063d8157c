using Setpoint.Server.Process;

namespace Setpoint.Server.Tests.Process;

public sealed class ServerSettingsTests
{
    [Fact]
    public void Every_bad_variable_is_reported_by_name_and_no_secret_is_echoed()
    {
        var variables = new Dictionary<string, string?>
        {
            ["CONFIG_API_PORT"] = "eighty",
            ["CONFIG_WS_PORT"] = "70000",
            ["SETPOINT_BIND"] = "nowhere",
            ["SETPOINT_ADMIN_KEY"] = "s3cret",
            ["SETPOINT_CONFIG_TREE"] = "/does/not/exist",
            ["SETPOINT_REFERENCE_ENV"] = "APP_*, 1ST",
            ["SETPOINT_REFERENCE_FILES"] = "/does/not/exist",
            ["SETPOINT_CORS_ORIGINS"] = "example.com",
            ["LOG_LEVEL"] = "loud",
            ["DATABASE_URL"] = "postgresql://u:p4ss@h/db",
            ["CONFIG_ENCRYPTION_KEY"] = "t00short",
        };

        ServerSettings.Read(variables.GetValueOrDefault, out var problems);

        problems.Count.ShouldBe(variables.Count);
        foreach (var name in variables.Keys)
            problems.ShouldContain(problem => problem.StartsWith(name, StringComparison.Ordinal));
        var all = string.Concat(problems);
        all.ShouldNotContain("s3cret");
        all.ShouldNotContain("p4ss");
        all.ShouldNotContain("t00short");
    }

    [Theory]
    [InlineData("*")]
    [InlineData("A*B")]
    [InlineData("A-B")]
    [InlineData("SETPOINT_ADMIN_KEY")]
    [InlineData("HOME,DATABASE_URL")]
    public void Variables_that_may_be_referred_to_are_named_and_never_those_with_passwords_of_the_server(string list)
    {
        ServerSettings.Read(name => name == "SETPOINT_REFERENCE_ENV" ? list : null, out var problems);

        problems.ShouldHaveSingleItem().ShouldStartWith($"SETPOINT_REFERENCE_ENV has '{list.Split(',')[^1]}'");
    }

    [Fact]
    public void Without_variables_the_documented_defaults_hold()
    {
        var settings = ServerSettings.Read(_ => null, out var problems);

        problems.ShouldBeEmpty();
        settings.ApiPort.ShouldBe(3001);
        settings.WebSocketPort.ShouldBeNull();
        settings.Bind.ShouldBe(System.Net.IPAddress.Loopback);
        settings.LogLevel.ShouldBe(Microsoft.Extensions.Logging.LogLevel.Information);
        settings.CorsOrigins.ShouldBeEmpty();
        settings.ReferenceVariables.ShouldBeEmpty();
        settings.ReferenceFolder.ShouldBeNull();
    }
}
