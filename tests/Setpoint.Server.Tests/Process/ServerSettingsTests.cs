using System.Text.RegularExpressions;
using Setpoint.Server.Process;
using Setpoint.Server.Tests.Boundaries;

namespace Setpoint.Server.Tests.Process;

public sealed partial class ServerSettingsTests
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
            ["SETPOINT_ANALYTICS_DAYS"] = "0",
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

    [Fact]
    public void Every_variable_that_is_read_is_on_the_page_of_settings_and_those_with_a_use_are_in_the_help()
    {
        var read = new HashSet<string>(StringComparer.Ordinal);
        string? Note(string name)
        {
            read.Add(name);
            return null;
        }

        ServerSettings.Read(Note, out _);

        var page = File.ReadAllText(Repository.File("docs", "operations", "settings.md"));
        read.Where(name => !page.Contains($"`{name}`", StringComparison.Ordinal)).ShouldBeEmpty();
        TableRow().Matches(page).Select(row => row.Groups["name"].Value).ShouldBe(
            HelpLine().Matches(Usage.Text).Select(line => line.Groups["name"].Value), "the table and the help name the same, in the same order");
    }

    [GeneratedRegex("^\\| `(?<name>[A-Z_]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex("^  (?<name>[A-Z_]{3,}) ", RegexOptions.Multiline)]
    private static partial Regex HelpLine();

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
        settings.AnalyticsDays.ShouldBe(90);
        settings.ReferenceVariables.ShouldBeEmpty();
        settings.ReferenceFolder.ShouldBeNull();
    }
}
