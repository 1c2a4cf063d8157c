using System.Net;
using Setpoint.Core.Json;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Templates;

public sealed class TemplateTests : IAsyncLifetime
{
    private const string Plugin = """
        {
          "description": "What every plugin starts with.",
          "parameters": {"team": {"type": "string", "pattern": "^[a-z]+$"}, "workers": {"type": "integer", "default": 2}},
          "config": {"owner": "${param:team}", "pool": {"size": "${param:workers}"}, "base": "https://plugins", "url": "${config:base}/${param:team}"},
          "environments": {"production": {"pool": {"size": 8}}},
          "tags": ["plugin"]
        }
        """;

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        (await _server.PutAsync("/api/templates/plugin-default", Plugin)).Status.ShouldBe(HttpStatusCode.Created);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_plugin_gets_a_namespace_of_its_own_in_one_commit_that_names_the_template()
    {
        var before = _server.Board.Current.Revision;

        var made = await _server.PostAsync("/api/config/spell-check?template=plugin-default", """{"parameters":{"team":"docs"},"tags":["new"],"description":"For the docs team."}""");

        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        made.At("/made").ShouldBe($$"""
            [{"address":"namespace/spell-check","version":{{before + 1}}},{"address":"config/spell-check/base","version":{{before + 1}}},{"address":"config/spell-check/env/production","version":{{before + 1}}}]
            """.Trim());
        made.Revision.ShouldBe(before + 1);
        (await _server.GetAsync("/api/config/spell-check")).At("/config").ShouldBe("""{"owner":"docs","pool":{"size":2},"base":"https://plugins","url":"https://plugins/docs"}""");
        (await _server.GetAsync("/api/config/spell-check?environment=production")).At("/config/pool/size").ShouldBe("8");
        var ns = await _server.GetAsync("/api/namespaces/spell-check");
        (ns.At("/kind"), ns.At("/tags")).ShouldBe(("\"plugin\"", """["plugin"]"""));
        var commit = await _server.GetAsync($"/api/commits/{before + 1}");
        commit.At("/message").ShouldBe("\"For the docs team.\"");
        commit.At("/tags").ShouldBe("""["new","template:plugin-default"]""");
    }

    [Fact]
    public async Task A_template_brings_a_schema_and_is_held_to_it()
    {
        var template = Plugin.Replace("\"tags\": [\"plugin\"]", """
            "schema": {"schema": {"properties": {"pool": {"properties": {"size": {"type": "integer", "maximum": 9}}}, "mode": {"default": "safe"}}}}
            """, StringComparison.Ordinal);
        (await _server.PutAsync("/api/templates/strict", template)).Status.ShouldBe(HttpStatusCode.Created);
        var before = _server.Board.Current.Revision;

        var refused = await _server.PostAsync("/api/config/spell-check?template=strict", """{"parameters":{"team":"docs","workers":10}}""");
        var made = await _server.PostAsync("/api/config/spell-check?template=strict", """{"parameters":{"team":"docs","workers":3}}""");

        refused.Code.ShouldBe("ValidationError");
        refused.At("/errors/0/rule").ShouldBe("\"schema/spell-check#/properties/pool/properties/size/maximum\"");
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        made.Revision.ShouldBe(before + 1);
        (await _server.GetAsync("/api/config/spell-check")).At("/config/mode").ShouldBe("\"safe\"");
        (await _server.PutAsync("/api/config/spell-check", """{"environment":"staging","config":{"pool":{"size":10}}}""")).Code.ShouldBe("ValidationError");
    }

    [Fact]
    public async Task Wrong_parameters_are_all_told_and_nothing_is_made()
    {
        var before = _server.Board.Current.Revision;

        var refused = await _server.PostAsync("/api/config/spell-check?template=plugin-default", """{"parameters":{"workers":"many","colour":"red"}}""");

        refused.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        refused.Code.ShouldBe("ValidationError");
        ((JsonArray)refused.Json["errors"]!).Items.Select(error => ((JsonObject)error)["path"]!.ToString()).ShouldBe(
            ["\"/parameters/team\"", "\"/parameters/workers\"", "\"/parameters/colour\""]);
        _server.Board.Current.Revision.ShouldBe(before);
        (await _server.GetAsync("/api/config/spell-check")).Code.ShouldBe("NamespaceNotFound");
    }

    [Fact]
    public async Task A_namespace_that_exists_is_refused_with_the_way_out_and_stays_as_it_is()
    {
        await _server.PutAsync("/api/config/spell-check", """{"config":{"mine":true}}""");

        var refused = await _server.PostAsync("/api/config/spell-check?template=plugin-default", """{"parameters":{"team":"docs"}}""");

        refused.Status.ShouldBe(HttpStatusCode.Conflict);
        refused.Code.ShouldBe("ConflictingChange");
        refused.At("/detail")!.ShouldContain("DELETE /api/config/spell-check?all=true");
        (await _server.GetAsync("/api/config/spell-check")).At("/config").ShouldBe("""{"mine":true}""");
    }

    [Theory]
    [InlineData("?template=nobody", "{}", HttpStatusCode.NotFound, "NotFound", "Template 'nobody' does not exist")]
    [InlineData("?template=no%20name", "{}", HttpStatusCode.NotFound, "NotFound", "GET /api/templates")]
    [InlineData("", "{}", HttpStatusCode.BadRequest, "MalformedRequest", "?template=")]
    [InlineData("?template=plugin-default", """{"parameter":{}}""", HttpStatusCode.BadRequest, "MalformedRequest", "'parameter' is not known")]
    [InlineData("?template=plugin-default&environment=production", "{}", HttpStatusCode.BadRequest, "MalformedRequest", "'environment' is not known")]
    public async Task A_request_that_cannot_be_followed_says_why(string query, string body, HttpStatusCode status, string code, string told)
    {
        var refused = await _server.PostAsync($"/api/config/spell-check{query}", body);

        (refused.Status, refused.Code).ShouldBe((status, code), refused.Text);
        refused.At("/detail")!.ShouldContain(told);
    }

    [Fact]
    public async Task A_dry_run_shows_what_would_be_made_and_makes_nothing()
    {
        var before = _server.Board.Current.Revision;

        var dry = await _server.PostAsync("/api/config/spell-check?template=plugin-default&dryRun=true", """{"parameters":{"team":"docs"}}""");

        dry.Status.ShouldBe(HttpStatusCode.OK);
        dry.At("/dryRun").ShouldBe("true");
        dry.At("/made/1/document/owner").ShouldBe("\"docs\"");
        _server.Board.Current.Revision.ShouldBe(before);
    }

    [Fact]
    public async Task A_retry_with_the_same_idempotency_key_gets_the_same_answer_and_makes_nothing_more()
    {
        const string Path = "/api/config/spell-check?template=plugin-default";
        const string Body = """{"parameters":{"team":"docs"}}""";
        var first = await _server.PostAsync(Path, Body, ("Idempotency-Key", "k1"));
        var head = _server.Board.Current.Revision;

        var again = await _server.PostAsync(Path, Body, ("Idempotency-Key", "k1"));
        var other = await _server.PostAsync(Path, """{"parameters":{"team":"web"}}""", ("Idempotency-Key", "k1"));

        (again.Status, again.Text).ShouldBe((first.Status, first.Text));
        other.Code.ShouldBe("ConflictingChange");
        _server.Board.Current.Revision.ShouldBe(head);
    }

    [Fact]
    public async Task Removing_a_template_leaves_what_was_made_from_it()
    {
        await _server.PostAsync("/api/config/spell-check?template=plugin-default", """{"parameters":{"team":"docs"}}""");

        (await _server.DeleteAsync("/api/templates/plugin-default")).Status.ShouldBe(HttpStatusCode.OK);

        (await _server.GetAsync("/api/templates/plugin-default")).Code.ShouldBe("NotFound");
        (await _server.GetAsync("/api/templates")).At("/total").ShouldBe("0");
        (await _server.DeleteAsync("/api/templates/plugin-default")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await _server.GetAsync("/api/config/spell-check")).At("/config/owner").ShouldBe("\"docs\"");
    }

    [Fact]
    public async Task A_template_is_read_listed_and_changed_under_conditions_as_every_document()
    {
        var read = await _server.GetAsync("/api/templates/plugin-default");
        read.At("/config/owner").ShouldBe("\"${param:team}\"");
        (await _server.GetAsync("/api/templates")).At("/items/0/parameters/workers/default").ShouldBe("2");

        var stale = await _server.PutAsync("/api/templates/plugin-default", """{"config":{}}""", ("If-Match", "\"1\""));
        var changed = await _server.PutAsync("/api/templates/plugin-default", """{"name":"plugin-default","config":{},"expectedVersion":VERSION}""".Replace("VERSION", read.At("/version")!));
        var renamed = await _server.PutAsync("/api/templates/plugin-default", """{"name":"other","config":{}}""");
        var broken = await _server.PutAsync("/api/templates/plugin-default", """{"config":{"a":"${param:nobody}"}}""");

        stale.Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        changed.Status.ShouldBe(HttpStatusCode.OK);
        renamed.Status.ShouldBe(HttpStatusCode.BadRequest);
        broken.At("/errors/0/path").ShouldBe("\"/config/a\"");
        (await _server.GetAsync("/api/templates/plugin-default")).At("/config").ShouldBe("{}");
    }

    [Fact]
    public async Task A_layer_for_an_environment_that_does_not_exist_refuses_the_whole_namespace()
    {
        await _server.PutAsync("/api/templates/far", """{"config":{},"environments":{"moon":{"a":1}}}""");

        var refused = await _server.PostAsync("/api/config/rover?template=far", "{}");

        refused.At("/errors/0/address").ShouldBe("\"config/rover/env/moon\"");
        (await _server.GetAsync("/api/namespaces/rover")).Status.ShouldBe(HttpStatusCode.NotFound);
    }
}
