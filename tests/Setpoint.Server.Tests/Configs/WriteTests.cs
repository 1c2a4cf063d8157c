using System.Net;
using Setpoint.Server.Tests.Host;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Configs;

public sealed class WriteTests : IAsyncLifetime
{
    private const string MergePatch = "application/merge-patch+json";
    private const string JsonPatch = "application/json-patch+json";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_first_write_creates_the_namespace_in_the_same_commit()
    {
        var written = await _server.PutAsync("/api/config/mail", """{"config":{"a":1},"description":"why","tags":["t"]}""");

        written.Status.ShouldBe(HttpStatusCode.Created);
        var commit = await _server.GetAsync($"/api/commits/{written.At("/version")}");
        commit.At("/changes/0/address").ShouldBe("\"config/mail/base\"");
        commit.At("/changes/1/address").ShouldBe("\"namespace/mail\"");
        commit.At("/message").ShouldBe("\"why\"");
        commit.At("/tags").ShouldBe("""["t"]""");
        commit.At("/actor").ShouldBe("\"admin\"");
    }

    [Fact]
    public async Task Writing_what_is_there_answers_unchanged_and_makes_no_commit()
    {
        var first = await _server.PutAsync("/api/config/mail", """{"config":{"a":1,"b":2}}""");
        var again = await _server.PutAsync("/api/config/mail", """{"config":{"b":2,"a":1}}""");

        again.Status.ShouldBe(HttpStatusCode.OK);
        again.At("/changed").ShouldBe("false");
        again.At("/version").ShouldBe(first.At("/version"));
        again.ETag.ShouldBe(first.ETag);
        _server.Board.Current.Revision.ShouldBe(2);
    }

    [Fact]
    public async Task A_stale_condition_is_refused_and_names_both_versions()
    {
        await _server.PutAsync("/api/config/mail", """{"config":{"a":1}}""");
        await _server.PutAsync("/api/config/mail", """{"config":{"a":2}}""");

        var byHeader = await _server.PutAsync("/api/config/mail", """{"config":{"a":3}}""", ("If-Match", "\"2\""));
        var byBody = await _server.PutAsync("/api/config/mail", """{"config":{"a":3},"expectedVersion":2}""");
        var mustBeNew = await _server.PutAsync("/api/config/mail", """{"config":{"a":3}}""", ("If-None-Match", "*"));

        foreach (var (refused, expected) in new[] { (byHeader, "2"), (byBody, "2"), (mustBeNew, "0") })
        {
            refused.Status.ShouldBe(HttpStatusCode.PreconditionFailed);
            refused.Code.ShouldBe("StaleVersion");
            refused.At("/expectedVersion").ShouldBe(expected);
            refused.At("/actualVersion").ShouldBe("3");
        }

        (await _server.GetAsync("/api/config/mail")).At("/config").ShouldBe("""{"a":2}""");
        (await _server.PutAsync("/api/config/mail", """{"config":{"a":3}}""", ("If-Match", "\"3\""))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Every_violation_of_a_document_is_reported_at_once_and_nothing_is_changed()
    {
        var refused = await _server.PutAsync("/api/config/mail", """{"config":{"Email":1,"email":{"x":1},"list":[{"$unset":true}]}}""");

        refused.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        refused.Code.ShouldBe("ValidationError");
        refused.At("/errors/0/path").ShouldBe("\"/list/0/$unset\"");
        refused.At("/errors/1/path").ShouldBe("\"/email\"");
        refused.At("/errors/1/address").ShouldBe("\"config/mail/base\"");
        (await _server.GetAsync("/api/config/mail")).Code.ShouldBe("NamespaceNotFound");
        _server.Board.Current.Revision.ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"config":{"a":1,"a":2}}""", "MalformedRequest", HttpStatusCode.BadRequest)]
    [InlineData("""{"config":{"a":1}""", "MalformedRequest", HttpStatusCode.BadRequest)]
    [InlineData("""{"config":{"a":"\ud800"}}""", "MalformedRequest", HttpStatusCode.BadRequest)]
    [InlineData("""{"config":[1]}""", "MalformedRequest", HttpStatusCode.BadRequest)]
    [InlineData("""{"konfig":{}}""", "MalformedRequest", HttpStatusCode.BadRequest)]
    [InlineData("""{"config":{},"environment":"mars"}""", "EnvironmentNotFound", HttpStatusCode.NotFound)]
    [InlineData("""{"config":{},"scope":"runtime","environment":"staging"}""", "MalformedRequest", HttpStatusCode.BadRequest)]
    [InlineData("""{"config":{},"scope":"user"}""", "MalformedRequest", HttpStatusCode.BadRequest)]
    [InlineData("""{"config":{},"secrets":{"k":"v"}}""", "SecretsSealed", HttpStatusCode.ServiceUnavailable)]
    public async Task A_bad_body_is_refused_with_its_code(string body, string code, HttpStatusCode status)
    {
        var refused = await _server.PutAsync("/api/config/mail", body);

        refused.Code.ShouldBe(code);
        refused.Status.ShouldBe(status);
        _server.Board.Current.Revision.ShouldBe(1);
    }

    [Fact]
    public async Task A_query_and_a_body_that_name_different_environments_are_refused_and_neither_is_written()
    {
        var refused = await _server.PutAsync("/api/config/mail?environment=staging", """{"environment":"production","config":{"a":1}}""");

        refused.Code.ShouldBe("MalformedRequest");
        refused.At("/detail")!.ShouldContain("staging");
        refused.At("/detail")!.ShouldContain("production");
        _server.Board.Current.Revision.ShouldBe(1);
    }

    [Fact]
    public async Task A_document_over_one_mebibyte_is_413_and_says_the_limit()
    {
        var large = await _server.PutAsync("/api/config/mail", $$$"""{"config":{"a":"{{{new string('x', 2 * 1024 * 1024)}}}"}}""");
        var slightly = await _server.PutAsync("/api/config/mail", $$$"""{"config":{"a":"{{{new string('x', 1024 * 1024)}}}"}}""");
        var deep = await _server.PutAsync("/api/config/mail", $$$"""{"config":{"a":{{{new string('[', 65)}}}{{{new string(']', 65)}}}}}""");

        foreach (var refused in new[] { large, slightly, deep })
        {
            refused.Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
            refused.Code.ShouldBe("TooLarge");
        }

        large.At("/detail")!.ShouldContain("1048576");
        deep.At("/detail")!.ShouldContain("64");
    }

    [Fact]
    public async Task The_same_idempotency_key_has_one_effect_and_one_answer()
    {
        var first = await _server.PutAsync("/api/config/mail", """{"config":{"a":1}}""", ("Idempotency-Key", "k1"));
        await _server.PutAsync("/api/config/mail", """{"config":{"a":2}}""");
        var retry = await _server.PutAsync("/api/config/mail", """{"config":{"a":1}}""", ("Idempotency-Key", "k1"));
        var other = await _server.PutAsync("/api/config/mail", """{"config":{"a":9}}""", ("Idempotency-Key", "k1"));

        retry.Text.ShouldBe(first.Text);
        retry.Status.ShouldBe(first.Status);
        other.Status.ShouldBe(HttpStatusCode.Conflict);
        other.Code.ShouldBe("ConflictingChange");
        (await _server.GetAsync("/api/config/mail")).At("/config").ShouldBe("""{"a":2}""");
    }

    [Fact]
    public async Task A_dry_run_says_what_would_change_and_changes_nothing()
    {
        await _server.PutAsync("/api/config/mail", """{"config":{"a":1}}""");

        var dry = await _server.PutAsync("/api/config/mail?dryRun=true", """{"config":{"a":2}}""");

        dry.Status.ShouldBe(HttpStatusCode.OK);
        dry.At("/dryRun").ShouldBe("true");
        dry.Revision.ShouldBe(2);
        (await _server.PostAsync("/api/environments?dryRun=true", """{"name":"eu"}""")).Revision.ShouldBe(2);
        dry.At("/changes/production/0").ShouldBe("""{"path":"/a","op":"replace","from":1,"to":2}""");
        (await _server.GetAsync("/api/config/mail")).At("/config").ShouldBe("""{"a":1}""");
        _server.Board.Current.Revision.ShouldBe(2);
    }

    [Fact]
    public async Task Validate_answers_200_with_errors_or_with_the_difference_in_each_environment()
    {
        await _server.PutAsync("/api/config/mail", """{"config":{"a":1}}""");
        await _server.PutAsync("/api/config/mail", """{"environment":"staging","config":{"a":5}}""");

        var bad = await _server.PostAsync("/api/config/mail/validate", """{"config":{"A":1,"a":1}}""");
        var good = await _server.PostAsync("/api/config/mail/validate", """{"config":{"a":2}}""");

        bad.Status.ShouldBe(HttpStatusCode.OK);
        bad.At("/valid").ShouldBe("false");
        bad.At("/errors/0/code").ShouldBe("\"ConstraintViolation\"");
        good.At("/valid").ShouldBe("true");
        good.At("/changes/production/0/to").ShouldBe("2");
        good.At("/changes/staging").ShouldBeNull();
        _server.Board.Current.Revision.ShouldBe(3);
    }

    [Fact]
    public async Task Patches_change_one_layer_and_a_failed_test_is_a_conflict()
    {
        await _server.PutAsync("/api/config/mail", """{"config":{"a":{"b":1,"c":2}}}""");

        var merged = await _server.SendAsync(HttpMethod.Patch, "/api/config/mail", """{"a":{"b":null,"d":4}}""", [], MergePatch);
        var patched = await _server.SendAsync(HttpMethod.Patch, "/api/config/mail", """[{"op":"test","path":"/a/c","value":2.0},{"op":"add","path":"/e","value":[1]}]""", [], JsonPatch);
        var failed = await _server.SendAsync(HttpMethod.Patch, "/api/config/mail", """[{"op":"test","path":"/a/c","value":3}]""", [], JsonPatch);
        var mistyped = await _server.SendAsync(HttpMethod.Patch, "/api/config/mail", "{}", []);

        merged.Status.ShouldBe(HttpStatusCode.OK);
        patched.Status.ShouldBe(HttpStatusCode.OK);
        failed.Status.ShouldBe(HttpStatusCode.Conflict);
        failed.Code.ShouldBe("ConflictingChange");
        mistyped.Code.ShouldBe("MalformedRequest");
        (await _server.GetAsync("/api/config/mail")).At("/config").ShouldBe("""{"a":{"c":2,"d":4},"e":[1]}""");
    }

    [Fact]
    public async Task Concurrent_writes_of_different_keys_lose_none_of_them()
    {
        await _server.PutAsync("/api/config/mail", """{"config":{}}""");

        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => _server.PutAsync($"/api/config/mail/keys/k{i}", $$"""{"value":{{i}}}""")));

        for (var i = 0; i < 64; i++)
            (await _server.GetAsync($"/api/config/mail/keys/k{i}")).At("/value").ShouldBe(i.ToString());
        _server.Board.Current.Revision.ShouldBe(2 + 64);
    }

    [Fact]
    public async Task A_key_is_read_where_it_is_effective_and_removed_where_it_is_set()
    {
        await _server.PutAsync("/api/config/mail", """{"config":{"thresholds":{"alert":1,"a/b.c":2}}}""");
        await _server.PutAsync("/api/config/mail/keys/thresholds.alert?environment=production", """{"value":7}""");

        var effective = await _server.GetAsync("/api/config/mail/keys/thresholds.alert?environment=production&explain=true");
        var pointer = await _server.GetAsync("/api/config/mail/keys/%2Fthresholds%2Fa~1b.c");
        var elsewhere = await _server.DeleteAsync("/api/config/mail/keys/thresholds.alert?environment=staging");
        var removed = await _server.DeleteAsync("/api/config/mail/keys/thresholds.alert?environment=production");
        var missing = await _server.GetAsync("/api/config/mail/keys/nope");

        effective.At("/value").ShouldBe("7");
        effective.At("/provenance/~1thresholds~1alert/shadowed/0/value").ShouldBe("1");
        pointer.At("/value").ShouldBe("2");
        elsewhere.Code.ShouldBe("ConfigNotFound");
        removed.Status.ShouldBe(HttpStatusCode.OK);
        missing.Code.ShouldBe("ConfigNotFound");
        (await _server.GetAsync("/api/config/mail/keys/thresholds.alert?environment=production")).At("/value").ShouldBe("1");
    }

    [Fact]
    public async Task A_runtime_override_wins_and_ends_by_a_commit_of_its_own()
    {
        await _server.PutAsync("/api/config/mail", """{"config":{"a":1}}""");
        await _server.PutAsync("/api/config/mail", """{"scope":"user","user":"jane@example.com","config":{"a":2}}""");

        var set = await _server.PutAsync("/api/config/mail", """{"scope":"runtime","environment":"staging","ttlSeconds":2,"config":{"a":3}}""");

        set.Status.ShouldBe(HttpStatusCode.Created);
        (await _server.GetAsync("/api/config/mail?environment=staging&user=jane@example.com")).At("/config/a").ShouldBe("3");
        (await _server.GetAsync("/api/config/mail?environment=production&user=jane@example.com")).At("/config/a").ShouldBe("2");
        await Eventually.TrueAsync(
            async () => (await _server.GetAsync("/api/config/mail?environment=staging")).At("/config/a") == "1", "the override ended");
        var last = await _server.GetAsync($"/api/commits/{_server.Board.Current.Revision}");
        last.At("/actor").ShouldBe("\"system:expiry\"");
        (await _server.GetAsync("/api/config/mail?environment=staging")).At("/version").ShouldBe(_server.Board.Current.Revision.ToString());
    }

    [Fact]
    public async Task Deleting_a_layer_uncovers_what_it_hid_and_deleting_all_removes_the_namespace()
    {
        await _server.PutAsync("/api/config/mail", """{"config":{"a":1}}""");
        await _server.PutAsync("/api/config/mail", """{"environment":"production","config":{"a":2}}""");

        var layer = await _server.DeleteAsync("/api/config/mail?environment=production");
        var again = await _server.DeleteAsync("/api/config/mail?environment=production");
        var uncovered = await _server.GetAsync("/api/config/mail?environment=production");
        var all = await _server.DeleteAsync("/api/config/mail?all=true");

        layer.Status.ShouldBe(HttpStatusCode.OK);
        again.Code.ShouldBe("ConfigNotFound");
        uncovered.At("/config/a").ShouldBe("1");
        uncovered.At("/version").ShouldBe("4");
        all.Status.ShouldBe(HttpStatusCode.OK);
        (await _server.GetAsync("/api/config/mail")).Code.ShouldBe("NamespaceNotFound");
        (await _server.GetAsync("/api/config/mail?version=3&environment=production")).At("/config/a").ShouldBe("2");
    }
}
