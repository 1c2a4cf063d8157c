using System.Net;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Configs;

public sealed class HistoryTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await _server.PutAsync("/api/config/mail", """{"config":{"a":1,"gone":true},"description":"first"}""");
        await _server.PutAsync("/api/config/mail", """{"environment":"production","config":{"a":5}}""");
        await _server.PutAsync("/api/config/mail", """{"config":{"a":2},"description":"third"}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task History_is_newest_first_and_says_what_was_before_and_after()
    {
        var history = await _server.GetAsync("/api/config/mail/history?limit=2");
        var rest = await _server.GetAsync("/api/config/mail/history?limit=2&offset=2");
        var production = await _server.GetAsync("/api/config/mail/history?environment=production");

        history.At("/total").ShouldBe("3");
        history.At("/next").ShouldBe("2");
        history.At("/items/0/version").ShouldBe("4");
        history.At("/items/0/action").ShouldBe("\"update\"");
        history.At("/items/0/changes").ShouldBe("""[{"path":"/a","previousValue":1,"newValue":2,"address":"config/mail/base"},{"path":"/gone","previousValue":true,"address":"config/mail/base"}]""");
        history.At("/items/1/action").ShouldBe("\"create\"");
        rest.At("/items/0/description").ShouldBe("\"first\"");
        rest.At("/next").ShouldBeNull();
        production.At("/total").ShouldBe("1");
    }

    [Fact]
    public async Task The_past_is_read_by_version_and_by_time()
    {
        var commit = await _server.GetAsync("/api/commits/2");
        var at = commit.At("/at")!.Trim('"');

        var byVersion = await _server.GetAsync("/api/config/mail?version=2&environment=production");
        var byTime = await _server.GetAsync($"/api/config/mail?at={Uri.EscapeDataString(at)}&environment=production");
        var tooEarly = await _server.GetAsync("/api/config/mail?at=2001-01-01T00:00:00Z");

        byVersion.At("/config").ShouldBe("""{"a":1,"gone":true}""");
        byTime.Status.ShouldBe(HttpStatusCode.OK);
        tooEarly.Code.ShouldBe("VersionNotFound");
        (await _server.GetAsync("/api/config/mail?version=1")).Code.ShouldBe("NamespaceNotFound");
    }

    [Fact]
    public async Task A_diff_compares_versions_layers_and_environments()
    {
        var versions = await _server.GetAsync("/api/config/mail/diff?from=2&to=4");
        var effective = await _server.GetAsync("/api/config/mail/diff?from=2&to=4&environment=production");
        var raw = await _server.GetAsync("/api/config/mail/diff?from=2&to=4&environment=production&raw=true");
        var environments = await _server.GetAsync("/api/config/mail/diff?fromEnvironment=staging&toEnvironment=production");
        var nothing = await _server.GetAsync("/api/config/mail/diff");

        versions.At("/changes").ShouldBe("""[{"path":"/a","op":"replace","from":1,"to":2},{"path":"/gone","op":"remove","from":true}]""");
        effective.At("/changes").ShouldBe("""[{"path":"/a","op":"replace","from":1,"to":5},{"path":"/gone","op":"remove","from":true}]""");
        raw.At("/changes").ShouldBe("""[{"path":"/a","op":"add","to":5}]""");
        environments.At("/changes").ShouldBe("""[{"path":"/a","op":"replace","from":2,"to":5}]""");
        nothing.Code.ShouldBe("MalformedRequest");
    }

    [Fact]
    public async Task A_rollback_is_a_new_commit_with_the_content_of_then()
    {
        var rolledBack = await _server.PostAsync("/api/config/mail/rollback", """{"version":2,"description":"back"}""");

        rolledBack.Status.ShouldBe(HttpStatusCode.OK);
        rolledBack.At("/version").ShouldBe("5");
        var now = await _server.GetAsync("/api/config/mail?environment=production");
        now.At("/config").ShouldBe("""{"a":1,"gone":true}""");
        var history = await _server.GetAsync("/api/config/mail/history?limit=1");
        history.At("/items/0/action").ShouldBe("\"rollback\"");
        history.At("/items/0/description").ShouldBe("\"back\"");
        (await _server.GetAsync("/api/config/mail?version=4&environment=production")).At("/config/a").ShouldBe("5");
    }

    [Fact]
    public async Task A_rollback_of_one_environment_leaves_the_others_and_the_base()
    {
        await _server.PutAsync("/api/config/mail", """{"environment":"production","config":{"a":6}}""");

        (await _server.PostAsync("/api/config/mail/rollback", """{"version":3,"environment":"production"}""")).Status.ShouldBe(HttpStatusCode.OK);

        (await _server.GetAsync("/api/config/mail?environment=production")).At("/config/a").ShouldBe("5");
        (await _server.GetAsync("/api/config/mail?environment=staging")).At("/config/a").ShouldBe("2");
    }

    [Fact]
    public async Task A_rollback_that_todays_rules_refuse_fails_with_their_reasons_and_changes_nothing()
    {
        await _server.PutAsync("/api/config/mail", """{"config":{"x":1}}""");
        await _server.PutAsync("/api/config/global", """{"config":{"GONE":1}}""");
        var head = _server.Board.Current.Revision;

        var refused = await _server.PostAsync("/api/config/mail/rollback", """{"version":2}""");
        var future = await _server.PostAsync("/api/config/mail/rollback", """{"version":99}""");
        var before = await _server.PostAsync("/api/config/mail/rollback", """{"version":1}""");

        refused.Status.ShouldBe(HttpStatusCode.Conflict);
        refused.Code.ShouldBe("RollbackFailed");
        refused.At("/errors/0/message")!.ShouldContain("differ only in case");
        future.Code.ShouldBe("VersionNotFound");
        before.Code.ShouldBe("RollbackFailed");
        _server.Board.Current.Revision.ShouldBe(head);
    }
}
