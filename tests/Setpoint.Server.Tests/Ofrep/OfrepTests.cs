using System.Net;
using Setpoint.Core.Json;
using Setpoint.Server.Tests.Flags;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Ofrep;

/// <summary>The protocol, each answer held to its own description.</summary>
public sealed class OfrepTests : IAsyncLifetime
{
    private const string Bulk = "/ofrep/v1/evaluate/flags";
    private const string InProduction = "/in/global/production/ofrep/v1/evaluate/flags";
    private const string Ann = """{"context":{"targetingKey":"ann","plan":"premium"}}""";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        string[] flags =
        [
            Samples.Boolean("banner", more: ",\"metadata\":{\"team\":\"web\"}"),
            Samples.Boolean("gone", more: ",\"state\":\"disabled\""),
            """{"key":"size","variants":{"small":1,"large":2.5},"defaultVariant":"small","rules":[{"when":{"==":[{"var":"plan"},"premium"]},"serve":"large"}]}""",
            """{"key":"theme","variants":{"dark":"dark","light":"light"},"defaultVariant":"light","split":{"weights":{"dark":1,"light":1}}}""",
            """{"key":"layout","variants":{"a":{"columns":2}},"defaultVariant":"a","rules":[{"when":{"==":[{"var":"plan"},"free"]},"serve":"a"}]}""",
            """{"key":"code","variants":{"a":"x"}}""",
            Samples.Boolean("needs", more: ",\"offVariant\":\"off\",\"dependencies\":[{\"flag\":\"gone\"}]"),
        ];
        foreach (var flag in flags)
            (await _server.PostAsync("/api/features", flag)).Status.ShouldBe(HttpStatusCode.Created);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("banner", """{"key":"banner","reason":"STATIC","variant":"on","value":true,"metadata":{"team":"web"}}""")]
    [InlineData("gone", """{"key":"gone","reason":"DISABLED"}""")]
    [InlineData("size", """{"key":"size","reason":"TARGETING_MATCH","variant":"large","value":2.5}""")]
    [InlineData("layout", """{"key":"layout","reason":"UNKNOWN","variant":"a","value":{"columns":2},"metadata":{"setpoint.reason":"DEFAULT"}}""")]
    [InlineData("code", """{"key":"code","reason":"UNKNOWN","metadata":{"setpoint.reason":"DEFAULT"}}""")]
    [InlineData("needs", """{"key":"needs","reason":"UNKNOWN","variant":"off","value":false,"metadata":{"setpoint.reason":"PREREQUISITE_FAILED"}}""")]
    public async Task A_flag_is_answered_with_its_value_or_without_one_for_the_default_of_the_code(string key, string expected)
    {
        var reply = await _server.PostAsync($"{InProduction}/{key}", Ann);

        reply.ShouldBeOfrep(bulk: false);
        reply.Text.ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{"key":"a","reason":"DEFAULT","value":true}""")]
    [InlineData("""{"reason":"STATIC","value":true}""")]
    [InlineData("""{"key":"a","reason":"STATIC","value":true,"metadata":{"x":[]}}""")]
    public void What_the_description_does_not_allow_is_found(string answer) =>
        OfrepShape.IsValid("serverEvaluationSuccess", JsonReader.Parse(answer).Value).ShouldBeFalse();

    [Fact]
    public async Task A_split_is_answered_with_a_variant_and_without_a_targeting_key_it_is_the_only_error()
    {
        var split = await _server.PostAsync($"{InProduction}/theme", Ann);
        split.ShouldBeOfrep(bulk: false);
        split.At("/reason").ShouldBe("\"SPLIT\"");

        var missing = await _server.PostAsync($"{InProduction}/theme", """{"context":{"plan":"free"}}""");
        missing.Status.ShouldBe(HttpStatusCode.BadRequest);
        missing.ShouldBeOfrep(bulk: false);
        missing.At("/errorCode").ShouldBe("\"TARGETING_KEY_MISSING\"");

        var bulk = await _server.PostAsync(InProduction, """{"context":{"plan":"free"}}""");
        bulk.Status.ShouldBe(HttpStatusCode.OK);
        bulk.ShouldBeOfrep(bulk: true);
        ((JsonArray)bulk.Json["flags"]!).Items.Cast<JsonObject>().Where(flag => flag.Contains("errorCode")).ShouldHaveSingleItem()["key"]!.ToString().ShouldBe("\"theme\"");
    }

    [Theory]
    [InlineData(InProduction + "/nobody", Ann, HttpStatusCode.NotFound, "FLAG_NOT_FOUND")]
    [InlineData("/in/global/moon/ofrep/v1/evaluate/flags/banner", Ann, HttpStatusCode.NotFound, "FLAG_NOT_FOUND")]
    [InlineData(Bulk + "/banner", Ann, HttpStatusCode.BadRequest, "INVALID_CONTEXT")]
    [InlineData(InProduction + "/banner", "{}", HttpStatusCode.BadRequest, "INVALID_CONTEXT")]
    [InlineData(InProduction + "/banner", """{"context":{"targetingKey":7}}""", HttpStatusCode.BadRequest, "INVALID_CONTEXT")]
    [InlineData(InProduction + "/banner", "nonsense", HttpStatusCode.BadRequest, "PARSE_ERROR")]
    [InlineData(InProduction + "/banner", """{"context":{"a":1,"a":2}}""", HttpStatusCode.BadRequest, "PARSE_ERROR")]
    public async Task A_refusal_of_one_flag_is_in_the_words_of_the_protocol(string path, string body, HttpStatusCode status, string code)
    {
        var refused = await _server.PostAsync(path, body);

        refused.Status.ShouldBe(status, refused.Text);
        refused.ShouldBeOfrep(bulk: false);
        refused.At("/errorCode").ShouldBe($"\"{code}\"");
        refused.At("/key").ShouldNotBeNull();
    }

    [Theory]
    [InlineData(Bulk, Ann, HttpStatusCode.BadRequest, "INVALID_CONTEXT")]
    [InlineData(InProduction, "[]", HttpStatusCode.BadRequest, "PARSE_ERROR")]
    [InlineData("/in/nobody/production" + Bulk, Ann, HttpStatusCode.NotFound, "GENERAL")]
    public async Task A_refusal_of_all_flags_is_in_the_words_of_the_protocol(string path, string body, HttpStatusCode status, string code)
    {
        var refused = await _server.PostAsync(path, body);

        refused.Status.ShouldBe(status, refused.Text);
        refused.ShouldBeOfrep(bulk: true);
        refused.At("/errorCode").ShouldBe($"\"{code}\"");
    }

    [Fact]
    public async Task Nobody_is_answered_without_a_key_and_not_with_a_problem_document()
    {
        using var nobody = _server.NewClient(key: null);
        using var reply = await nobody.PostAsync(InProduction, new StringContent(Ann), TestContext.Current.CancellationToken);

        reply.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        reply.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("errorDetails");
    }

    [Fact]
    public async Task A_page_of_an_allowed_origin_may_ask_and_read_the_tag_and_no_other_page_may()
    {
        const string ours = "https://app.example";
        await using var server = await RunningServer.StartAsync(settings => settings with { CorsOrigins = [ours] });
        using var browser = server.NewClient(key: null);
        foreach (var (origin, isAllowed) in new[] { (ours, true), ("https://evil.example", false) })
        {
            using var ask = new HttpRequestMessage(HttpMethod.Options, InProduction);
            ask.Headers.Add("Origin", origin);
            ask.Headers.Add("Access-Control-Request-Method", "POST");
            ask.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,if-none-match");
            using var allowed = await browser.SendAsync(ask, TestContext.Current.CancellationToken);
            allowed.Headers.Contains("Access-Control-Allow-Origin").ShouldBe(isAllowed, origin);
            if (isAllowed)
                string.Join(',', allowed.Headers.GetValues("Access-Control-Allow-Headers")).ShouldContain("if-none-match");

            var reply = await server.PostAsync(InProduction, Ann, ("Origin", origin));
            reply.Message.Headers.Contains("Access-Control-Allow-Origin").ShouldBe(isAllowed, origin);
            if (isAllowed)
                string.Join(',', reply.Message.Headers.GetValues("Access-Control-Expose-Headers")).ShouldContain("ETag");
        }
    }

    [Fact]
    public async Task A_context_over_64_KiB_is_refused_as_too_large()
    {
        var refused = await _server.PostAsync(InProduction, $$$"""{"context":{"targetingKey":"{{{new string('x', 64 * 1024)}}}"}}""");

        refused.Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        refused.ShouldBeOfrep(bulk: true);
    }

    [Theory]
    [InlineData(Bulk + "?environment=production", null)]
    [InlineData(Bulk, "production")]
    public async Task Query_and_header_name_the_place_as_the_path_does(string path, string? header)
    {
        var reply = await _server.PostAsync(path, Ann, header is null ? [] : [("X-Environment", header)]);

        reply.ShouldBeOfrep(bulk: true);
        reply.At("/flags").ShouldBe((await _server.PostAsync(InProduction, Ann)).At("/flags"));
        (await _server.PostAsync(Bulk, """{"context":{"targetingKey":"ann","plan":"premium","environment":"production"}}""")).At("/flags").ShouldBe(reply.At("/flags"));
    }

    [Fact]
    public async Task The_tag_stands_for_configuration_caller_and_the_whole_context()
    {
        var first = await _server.PostAsync(InProduction, Ann);
        first.ShouldBeOfrep(bulk: true);

        (await _server.PostAsync(InProduction, Ann, ("If-None-Match", first.ETag!))).Status.ShouldBe(HttpStatusCode.NotModified);
        (await _server.PostAsync(InProduction, """{"context":{"plan":"premium","targetingKey":"ann"}}""", ("If-None-Match", first.ETag!))).Status.ShouldBe(HttpStatusCode.NotModified);
        await _server.PutAsync("/api/config/mail", """{"config":{"a":1}}""");
        (await _server.PostAsync(InProduction, Ann, ("If-None-Match", first.ETag!))).Status.ShouldBe(HttpStatusCode.NotModified);

        // No flag reads this attribute, and it is in the tag all the same.
        (await _server.PostAsync(InProduction, """{"context":{"targetingKey":"ann","plan":"premium","x":1}}""", ("If-None-Match", first.ETag!))).Status.ShouldBe(HttpStatusCode.OK);
        (await _server.PostAsync("/in/global/staging" + Bulk, Ann, ("If-None-Match", first.ETag!))).Status.ShouldBe(HttpStatusCode.OK);
        await _server.PutAsync("/api/features/banner", Samples.Boolean("banner", "off"));
        (await _server.PostAsync(InProduction, Ann, ("If-None-Match", first.ETag!))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_configuration_that_is_announced_and_not_here_yet_is_never_answered_with_304()
    {
        var first = await _server.PostAsync(InProduction, Ann);
        var version = ((JsonString)((JsonObject)first.Json["metadata"]!)["version"]!).Value;

        (await _server.PostAsync($"{InProduction}?flagConfigEtag={version}", Ann, ("If-None-Match", first.ETag!))).Status.ShouldBe(HttpStatusCode.NotModified);
        (await _server.PostAsync($"{InProduction}?flagConfigEtag=1.0", Ann, ("If-None-Match", first.ETag!))).Status.ShouldBe(HttpStatusCode.NotModified);
        foreach (var newer in new[] { $"flagConfigEtag={version}9", "flagConfigEtag=elsewhere", "flagConfigLastModified=1771622898" })
            (await _server.PostAsync($"{InProduction}?{newer}", Ann, ("If-None-Match", first.ETag!))).Status.ShouldBe(HttpStatusCode.OK, newer);
    }

    [Fact]
    public async Task A_server_that_is_behind_waits_for_the_revision_that_is_announced()
    {
        var next = _server.Board.Current.Revision + 1;

        var waiting = _server.PostAsync($"{InProduction}?flagConfigEtag={next}.0", Ann);
        await _server.PutAsync("/api/features/banner", Samples.Boolean("banner", "off"));

        (await waiting).At("/metadata/version").ShouldBe($"\"{next}.0\"");
    }

    [Fact]
    public async Task A_flag_that_a_schedule_turns_on_changes_the_tag_when_it_does()
    {
        var start = DateTimeOffset.UtcNow + Samples.Lead;
        await _server.PostAsync("/api/features", Samples.Boolean("later", more: $",\"schedule\":{{\"start\":\"{start:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}\"}}"));
        var before = await _server.PostAsync(InProduction, Ann);
        await using var stream = await OfrepStreamTests.OpenAsync(_server, before, lastEventId: ((JsonString)((JsonObject)before.Json["metadata"]!)["version"]!).Value);

        // The stream tells when the time has come.
        (await stream.NextAsync()).ShouldNotBeNull();
        var after = await _server.PostAsync(InProduction, Ann, ("If-None-Match", before.ETag!));

        after.Status.ShouldBe(HttpStatusCode.OK);
        before.Text.ShouldContain("""{"key":"later","reason":"DISABLED"}""");
        after.Text.ShouldContain("""{"key":"later","reason":"STATIC","variant":"on","value":true}""");
    }
}
