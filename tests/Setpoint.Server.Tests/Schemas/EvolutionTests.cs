using System.Net;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Schemas;

/// <summary>The example of the guide, over the wire: retention becomes an object, the alert threshold moves, features are new.</summary>
public sealed class EvolutionTests : IAsyncLifetime
{
    private const string First = """{"schema":{"properties":{"settings":{"properties":{"retention":{"type":"number"},"alertThreshold":{"type":"number"}}}}},"version":1}""";

    private const string Second = """
        {"version":2,
         "schema":{"properties":{"settings":{"type":"object","required":["features"],"additionalProperties":false,"properties":{
           "retention":{"type":"object","properties":{"days":{"type":"number","minimum":1}}},
           "alerting":{"type":"object","properties":{"threshold":{"type":"number"}}},
           "features":{"type":"object"}}}}},
         "migrations":[{"from":1,"to":2,"steps":[
           {"op":"wrap","path":"/settings/retention","key":"days"},
           {"op":"move","from":"/settings/alertThreshold","to":"/settings/alerting/threshold"},
           {"op":"default","path":"/settings/features","value":{"newDashboard":false}}]}]}
        """;

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await _server.PutAsync("/api/schemas/manager", First);
        await _server.PutAsync("/api/config/manager", """{"config":{"settings":{"retention":30,"alertThreshold":0.5}}}""");
        await _server.PutAsync("/api/config/manager", """{"environment":"production","config":{"settings":{"retention":90}}}""");
        await _server.PutAsync("/api/config/manager?scope=user&user=ann", """{"config":{"settings":{"alertThreshold":0.9}}}""");
        await _server.PutAsync("/api/config/manager?scope=runtime&environment=staging", """{"ttlSeconds":600,"config":{"settings":{"retention":7}}}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_commit_that_raises_the_version_migrates_every_layer()
    {
        var head = _server.Board.Current.Revision;

        var raised = await _server.PutAsync("/api/schemas/manager", Second);

        raised.Status.ShouldBe(HttpStatusCode.OK, raised.Text);
        raised.Revision.ShouldBe(head + 1);
        (await _server.GetAsync("/api/config/manager")).At("/config/settings").ShouldBe("""{"retention":{"days":30},"alerting":{"threshold":0.5},"features":{"newDashboard":false}}""");
        (await _server.GetAsync("/api/config/manager?environment=production")).At("/config/settings/retention/days").ShouldBe("90");
        (await _server.GetAsync("/api/config/manager?environment=staging")).At("/config/settings/retention/days").ShouldBe("7");
        (await _server.GetAsync("/api/config/manager?user=ann")).At("/config/settings/alerting/threshold").ShouldBe("0.9");
        (await _server.GetAsync($"/api/commits/{raised.Revision}")).Json["changes"]!.ToString().ShouldContain("config/manager/runtime/staging");
        var then = await _server.GetAsync($"/api/config/manager?environment=production&version={head}");
        then.At("/config/settings").ShouldBe("""{"retention":90,"alertThreshold":0.5}""");
    }

    [Fact]
    public async Task A_dry_run_shows_what_the_new_version_would_change_and_changes_nothing()
    {
        var head = _server.Board.Current.Revision;

        var dry = await _server.PutAsync("/api/schemas/manager?dryRun=true", Second);

        dry.Status.ShouldBe(HttpStatusCode.OK, dry.Text);
        dry.At("/version").ShouldBe("2");
        dry.At("/changes/production")!.ShouldContain("/settings/features");
        dry.At("/dryRun").ShouldBe("true");
        _server.Board.Current.Revision.ShouldBe(head);
        (await _server.GetAsync("/api/schemas/manager")).At("/version").ShouldBe("1");
    }

    [Fact]
    public async Task Old_readers_get_the_old_structure_with_an_etag_of_its_own()
    {
        var before = await _server.GetAsync("/api/config/manager?environment=production");
        await _server.PutAsync("/api/schemas/manager", Second);

        var old = await _server.GetAsync("/api/config/manager?environment=production&schemaVersion=1");
        var now = await _server.GetAsync("/api/config/manager?environment=production&schemaVersion=2");
        var same = await _server.GetAsync("/api/config/manager?environment=production&schemaVersion=1", ("If-None-Match", old.ETag!));
        var yaml = await _server.GetAsync("/api/config/manager?environment=production&schemaVersion=1&format=yaml");

        old.At("/config").ShouldBe(before.At("/config"));
        old.ETag.ShouldBe(before.ETag, "it is the same configuration");
        now.At("/config/settings/retention").ShouldBe("""{"days":90}""");
        same.Status.ShouldBe(HttpStatusCode.NotModified);
        yaml.Text.ShouldContain("retention: 90");
    }

    [Fact]
    public async Task A_structure_that_nothing_leads_to_is_named_with_the_one_there_is()
    {
        await _server.PutAsync("/api/schemas/manager", Second);

        var unknown = await _server.GetAsync("/api/config/manager?schemaVersion=7");
        var explained = await _server.GetAsync("/api/config/manager?schemaVersion=1&explain=true");

        unknown.Status.ShouldBe(HttpStatusCode.Conflict);
        unknown.Code.ShouldBe("SchemaVersionMismatch");
        unknown.At("/expectedVersion").ShouldBe("7");
        unknown.At("/actualVersion").ShouldBe("2");
        explained.Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_version_without_a_way_and_a_layer_that_cannot_follow_are_refused_and_nothing_changes()
    {
        var head = _server.Board.Current.Revision;
        var before = await _server.GetAsync("/api/config/manager?environment=production");

        var noWay = await _server.PutAsync("/api/schemas/manager", """{"schema":true,"version":3}""");
        var stuck = await _server.PutAsync("/api/schemas/manager",
            """{"schema":true,"version":2,"migrations":[{"from":1,"to":2,"steps":[{"op":"convert","path":"/settings","to":"integer"}]}]}""");
        var broken = await _server.PutAsync("/api/schemas/manager", Second.Replace("\"minimum\":1", "\"minimum\":8", StringComparison.Ordinal));

        noWay.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        noWay.At("/errors/0/path").ShouldBe("\"/migrations\"");
        noWay.At("/detail")!.ShouldContain("from version 1 to 3");
        stuck.Json["errors"]!.ToString().ShouldContain("config/manager/env/production");
        broken.At("/errors/0/environments").ShouldBe("""["staging"]""", "its runtime override says 7");
        _server.Board.Current.Revision.ShouldBe(head);
        (await _server.GetAsync("/api/config/manager?environment=production")).Text.ShouldBe(before.Text);
    }

    [Fact]
    public async Task A_lower_version_takes_the_layers_back()
    {
        await _server.PutAsync("/api/schemas/manager", Second);

        var lowered = await _server.PutAsync("/api/schemas/manager", First);

        lowered.Status.ShouldBe(HttpStatusCode.OK, lowered.Text);
        (await _server.GetAsync("/api/config/manager?environment=production")).At("/config/settings").ShouldBe("""{"retention":90,"alertThreshold":0.5}""");
    }
}
