using System.Net;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Schemas;

public sealed class SchemaTests : IAsyncLifetime
{
    private const string Schema = """{"schema":{"type":"object","properties":{"port":{"type":"integer","minimum":1,"maximum":65535,"default":25}},"required":["host"]}}""";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_schema_is_set_read_replaced_and_removed_with_versions_and_etags()
    {
        var missing = await _server.GetAsync("/api/schemas/mail");
        var made = await _server.PutAsync("/api/schemas/mail", Schema);
        var read = await _server.GetAsync("/api/schemas/mail");
        var stale = await _server.PutAsync("/api/schemas/mail", """{"schema":true,"expectedVersion":0}""");
        var same = await _server.PutAsync("/api/schemas/mail", Schema);
        var replaced = await _server.PutAsync("/api/schemas/mail", $$"""{"schema":true,"expectedVersion":{{made.Revision}}}""");
        var versions = await _server.GetAsync("/api/schemas/mail/versions");
        var removed = await _server.DeleteAsync("/api/schemas/mail");

        missing.Code.ShouldBe("SchemaNotFound");
        made.Status.ShouldBe(HttpStatusCode.Created);
        made.At("/documentVersion").ShouldBe(made.Revision.ToString());
        read.At("/version").ShouldBe("1");
        read.At("/schema/properties/port/default").ShouldBe("25");
        read.ETag.ShouldBe($"\"{made.Revision}\"");
        stale.Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        same.At("/changed").ShouldBe("false");
        replaced.Status.ShouldBe(HttpStatusCode.OK);
        versions.At("/total").ShouldBe("2");
        versions.At("/items/0/schema").ShouldBe("true");
        versions.At("/items/1/documentVersion").ShouldBe(made.Revision.ToString());
        removed.Status.ShouldBe(HttpStatusCode.OK);
        (await _server.GetAsync("/api/schemas/mail")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await _server.GetAsync("/api/schemas/mail/versions")).At("/items/0/removed").ShouldBe("true");
    }

    [Fact]
    public async Task A_bad_configuration_is_refused_with_all_that_is_wrong_and_nothing_changes()
    {
        await _server.PutAsync("/api/schemas/mail", Schema);
        var head = _server.Board.Current.Revision;

        var refused = await _server.PutAsync("/api/config/mail", """{"config":{"port":"25"}}""");

        refused.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        refused.Code.ShouldBe("ValidationError");
        refused.At("/errors/0/code").ShouldBe("\"MissingRequiredParameter\"");
        refused.At("/errors/0/path").ShouldBe("\"\"");
        refused.At("/errors/1/code").ShouldBe("\"InvalidParameterType\"");
        refused.At("/errors/1/path").ShouldBe("\"/port\"");
        refused.At("/errors/1/namespace").ShouldBe("\"mail\"");
        refused.At("/errors/1/environments").ShouldBe("""["development","production","staging"]""");
        refused.At("/errors/1/address").ShouldBe("\"config/mail/base\"");
        refused.At("/errors/1/rule").ShouldBe("\"schema/mail#/properties/port/type\"");
        _server.Board.Current.Revision.ShouldBe(head);
        (await _server.GetAsync("/api/config/mail")).Code.ShouldBe("NamespaceNotFound");
    }

    [Fact]
    public async Task Defaults_are_read_explained_and_shown_as_the_lowest_layer()
    {
        await _server.PutAsync("/api/schemas/mail", Schema);
        await _server.PutAsync("/api/config/mail", """{"config":{"host":"h"}}""");

        var read = await _server.GetAsync("/api/config/mail?environment=staging&explain=true");
        var raw = await _server.GetAsync("/api/config/mail?environment=staging&raw=true");

        read.At("/config").ShouldBe("""{"port":25,"host":"h"}""");
        read.At("/provenance/~1port/address").ShouldBe("\"schema/mail\"");
        read.At("/provenance/~1port/layer").ShouldBe("0");
        raw.At("/layers/0/address").ShouldBe("\"schema/mail\"");
        raw.At("/layers/0/document").ShouldBe("""{"port":25}""");
    }

    [Fact]
    public async Task A_new_default_reaches_those_who_read_and_the_past_keeps_the_old_one()
    {
        await _server.PutAsync("/api/schemas/mail", Schema);
        var before = await _server.PutAsync("/api/config/mail", """{"config":{"host":"h"}}""");
        var tag = (await _server.GetAsync("/api/config/mail?environment=staging")).ETag;

        await _server.PutAsync("/api/schemas/mail", Schema.Replace("25", "26", StringComparison.Ordinal));

        var now = await _server.GetAsync("/api/config/mail?environment=staging");
        now.At("/config/port").ShouldBe("26");
        now.ETag.ShouldNotBe(tag);
        var then = await _server.GetAsync($"/api/config/mail?environment=staging&version={before.Revision}");
        then.At("/config/port").ShouldBe("25");
        then.ETag.ShouldBe(tag);
    }

    [Fact]
    public async Task Validate_and_dry_run_show_violations_warnings_and_what_would_change_where()
    {
        await _server.PutAsync("/api/schemas/mail", """{"schema":{"properties":{"port":{"maximum":65535},"old":{"deprecated":"use new"}}}}""");
        await _server.PutAsync("/api/config/mail", """{"config":{"port":1}}""");
        var head = _server.Board.Current.Revision;

        var bad = await _server.PostAsync("/api/config/mail/validate", """{"environment":"staging","config":{"port":70000}}""");
        var good = await _server.PostAsync("/api/config/mail/validate", """{"environment":"staging","config":{"port":2,"old":1}}""");
        var dry = await _server.PutAsync("/api/config/mail?dryRun=true", """{"environment":"staging","config":{"port":2,"old":1}}""");
        var real = await _server.PutAsync("/api/config/mail", """{"environment":"staging","config":{"port":2,"old":1}}""");

        bad.Status.ShouldBe(HttpStatusCode.OK);
        bad.At("/valid").ShouldBe("false");
        bad.At("/errors/0/environments").ShouldBe("""["staging"]""");
        good.At("/valid").ShouldBe("true");
        good.At("/warnings/0/path").ShouldBe("\"/old\"");
        good.At("/changes/staging/0/path").ShouldBe("\"/port\"");
        good.At("/changes/production").ShouldBeNull();
        dry.At("/changes/staging/0/to").ShouldBe("2");
        dry.At("/warnings/0/path").ShouldBe("\"/old\"");
        real.At("/warnings/0/message")!.ShouldContain("use new");
        real.Revision.ShouldBe(head + 1);
    }

    [Fact]
    public async Task A_rollback_to_what_breaks_today_s_schema_is_refused()
    {
        var old = await _server.PutAsync("/api/config/mail", """{"config":{"port":70000,"host":"h"}}""");
        await _server.PutAsync("/api/config/mail", """{"config":{"port":7,"host":"h"}}""");
        await _server.PutAsync("/api/schemas/mail", Schema);

        var refused = await _server.PostAsync("/api/config/mail/rollback", $$"""{"version":{{old.Revision}}}""");

        refused.Status.ShouldBe(HttpStatusCode.Conflict);
        refused.Code.ShouldBe("RollbackFailed");
        refused.At("/errors/0/rule").ShouldBe("\"schema/mail#/properties/port/maximum\"");
        (await _server.GetAsync("/api/config/mail")).At("/config/port").ShouldBe("7");
    }

    [Fact]
    public async Task Everybody_may_validate_anything_against_any_schema()
    {
        var invalid = await _server.PostAsync("/api/schemas/validate", """{"schema":{"properties":{"a":{"type":"integer"}},"required":["b"]},"instance":{"a":"x"}}""");
        var referred = await _server.PostAsync("/api/schemas/validate",
            """{"schema":{"$ref":"http://x/y#/$defs/a"},"instance":1,"schemas":{"http://x/y":{"$defs":{"a":{"type":"string"}}}}}""");
        var annotated = await _server.PostAsync("/api/schemas/validate", """{"schema":{"format":"email"},"instance":"no"}""");
        var asserted = await _server.PostAsync("/api/schemas/validate", """{"schema":{"format":"email"},"instance":"no","format":"assert","draft":"draft-07"}""");
        var none = await _server.PostAsync("/api/schemas/validate", """{"schema":{"type":"nothing"},"instance":1}""");
        var unknown = await _server.PostAsync("/api/schemas/validate", """{"schema":{"$ref":"http://nowhere/"},"instance":1}""");
        var wrong = await _server.PostAsync("/api/schemas/validate", """{"schema":{},"instance":1,"draft":"draft-99","format":"maybe","schemas":{"not a uri":{}}}""");

        invalid.Status.ShouldBe(HttpStatusCode.OK);
        invalid.At("/valid").ShouldBe("false");
        invalid.At("/errors/0/instancePath").ShouldNotBeNull();
        referred.At("/errors/0/keyword").ShouldBe("\"type\"");
        annotated.At("/valid").ShouldBe("true");
        asserted.At("/errors/0/keyword").ShouldBe("\"format\"");
        none.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        none.At("/errors/0/path").ShouldBe("\"/schema/type\"");
        unknown.At("/errors/0/code").ShouldBe("\"UnknownReference\"");
        wrong.Status.ShouldBe(HttpStatusCode.BadRequest);
    }
}
