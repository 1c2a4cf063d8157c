using System.Net;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Flags;

/// <summary>Flags as documents: both forms, conditions, and what is refused.</summary>
public sealed class FlagWriteTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_short_form_gets_a_key_of_its_name_and_is_shown_back_in_both_forms()
    {
        var made = await _server.PostAsync("/api/features", Samples.Checkout);

        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        made.At("/key").ShouldBe("\"new_checkout_flow\"");
        made.At("/namespace").ShouldBe("\"global\"");
        made.At("/document/variants/treatment/theme").ShouldBe("\"modern\"");
        made.At("/document/rules/0/serve/split/percentage").ShouldBe("25");
        var read = await _server.GetAsync("/api/features/new_checkout_flow");
        read.At("/short/rollout/userGroups").ShouldBe("""["beta-users"]""");
        read.At("/short/variants/1/id").ShouldBe("\"treatment\"");
        read.ETag.ShouldBe($"\"{made.At("/version")}\"");
    }

    [Fact]
    public async Task A_flag_that_exists_is_not_created_again_and_stays_as_it_is()
    {
        await _server.PostAsync("/api/features", Samples.Boolean("banner"));
        var before = await _server.GetAsync("/api/features/banner");

        var refused = await _server.PostAsync("/api/features", Samples.Boolean("banner", "off"));

        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.Conflict, "ConflictingChange"));
        refused.At("/detail")!.ShouldContain("PUT /api/features/banner");
        (await _server.GetAsync("/api/features/banner")).Text.ShouldBe(before.Text);
    }

    [Fact]
    public async Task A_write_takes_conditions_a_dry_run_and_an_idempotency_key_as_every_write_does()
    {
        var made = await _server.PostAsync("/api/features", Samples.Boolean("banner"), ("Idempotency-Key", "k1"));
        (await _server.PostAsync("/api/features", Samples.Boolean("banner"), ("Idempotency-Key", "k1"))).At("/version").ShouldBe(made.At("/version"));

        (await _server.PutAsync("/api/features/banner", Samples.Boolean("banner", "off"), ("If-Match", "\"1\""))).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await _server.PutAsync("/api/features/banner", Samples.Boolean("banner", "off", ",\"expectedVersion\":0"))).Code.ShouldBe("StaleVersion");
        (await _server.PutAsync("/api/features/banner?dryRun=true", Samples.Boolean("banner", "off"))).At("/dryRun").ShouldBe("true");
        (await _server.GetAsync("/api/features/banner")).At("/document/defaultVariant").ShouldBe("\"on\"");

        var changed = await _server.PutAsync("/api/features/banner", Samples.Boolean("banner", "off"), ("If-Match", made.ETag!));
        changed.Status.ShouldBe(HttpStatusCode.OK, changed.Text);
        (await _server.PutAsync("/api/features/banner", Samples.Boolean("banner", "off"))).At("/changed").ShouldBe("false");
    }

    [Theory]
    [InlineData("""{"enabled":false}""", "/document/state", "\"disabled\"")]
    [InlineData("""{"rollout":{"percentage":50}}""", "/document/rules/0/serve/split/percentage", "50")]
    [InlineData("""{"description":null}""", "/document/description", null)]
    [InlineData("""{"environments":{"production":{"state":"disabled"}}}""", "/document/environments/production/state", "\"disabled\"")]
    public async Task A_patch_is_taken_in_the_words_of_either_form(string patch, string pointer, string? expected)
    {
        await _server.PostAsync("/api/features", Samples.Checkout);

        var patched = await PatchAsync("new_checkout_flow", patch);

        patched.Status.ShouldBe(HttpStatusCode.OK, patched.Text);
        patched.At(pointer).ShouldBe(expected);
        patched.At("/document/variants/treatment/newCheckout").ShouldBe("true");
    }

    [Fact]
    public async Task A_flag_of_the_full_form_alone_is_turned_off_by_enabled_and_refuses_other_short_words()
    {
        await _server.PostAsync("/api/features", Samples.Boolean("banner", more: ",\"environments\":{\"staging\":{\"defaultVariant\":\"off\"}}"));

        (await PatchAsync("banner", """{"enabled":false}""")).At("/document/state").ShouldBe("\"disabled\"");
        var refused = await PatchAsync("banner", """{"rollout":{"percentage":5}}""");
        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.Conflict, "ConflictingChange"));
        refused.At("/detail")!.ShouldContain("full form");
    }

    [Fact]
    public async Task A_flag_that_others_depend_on_is_not_deleted_and_the_others_are_named()
    {
        await _server.PostAsync("/api/features", Samples.Boolean("base"));
        await _server.PostAsync("/api/features", Samples.Boolean("upper", more: ",\"dependencies\":[{\"flag\":\"base\"}]"));

        var refused = await _server.DeleteAsync("/api/features/base");

        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.UnprocessableEntity, "ValidationError"));
        refused.Text.ShouldContain("upper");
        (await _server.GetAsync("/api/features/base")).At("/dependents").ShouldBe("""["upper"]""");
        (await _server.DeleteAsync("/api/features/upper")).Status.ShouldBe(HttpStatusCode.OK);
        (await _server.DeleteAsync("/api/features/base")).Status.ShouldBe(HttpStatusCode.OK);
        (await _server.GetAsync("/api/features/base")).Code.ShouldBe("FlagNotFound");
        (await _server.DeleteAsync("/api/features/base")).Code.ShouldBe("FlagNotFound");
    }

    [Fact]
    public async Task A_flag_of_another_namespace_creates_it_and_is_not_seen_elsewhere()
    {
        (await _server.PostAsync("/api/features?namespace=shop", Samples.Boolean("banner"))).Status.ShouldBe(HttpStatusCode.Created);

        (await _server.GetAsync("/api/namespaces/shop")).At("/kind").ShouldBe("\"service\"");
        (await _server.GetAsync("/api/features/banner")).Code.ShouldBe("FlagNotFound");
        (await _server.GetAsync("/api/features/banner?namespace=shop")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_key_with_slashes_and_blanks_can_be_written_and_read()
    {
        var made = await _server.PutAsync("/api/features/a%2Fb%20c", Samples.Boolean("a/b c"));

        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        (await _server.GetAsync("/api/features/a%2Fb%20c")).At("/key").ShouldBe("\"a/b c\"");
    }

    [Theory]
    [InlineData("""{"key":"x","variants":{"on":true,"off":false},"targeting":{"nonsense":[1]}}""", "nonsense")]
    [InlineData("""{"key":"x","variants":{"on":true,"off":false},"rules":[{"when":{"==":[1]},"serve":"on"}]}""", "==")]
    [InlineData("""{"key":"x","variants":{"on":true,"off":"no"}}""", "a boolean")]
    [InlineData("""{"key":"x","variants":{"on":true,"off":false},"split":{"weights":{"on":-1}}}""", "-1")]
    [InlineData("""{"key":"x","variants":{"on":true,"off":false},"split":{"weights":{"on":0,"off":0}}}""", "weight")]
    [InlineData("""{"key":"x","variants":{"on":true},"schedule":{"start":"soon"}}""", "'soon' is no date")]
    [InlineData("""{"name":"x","rollout":{"percentage":101}}""", "101")]
    [InlineData("""{"name":"x","rollout":{"startDate":"2024-13-01"}}""", "2024-13-01")]
    [InlineData("""{"name":"x","variants":[{"id":"a","weight":0}]}""", "add up to 0")]
    [InlineData("""{"key":"x","variants":{"on":true},"dependencies":[{"flag":"nobody"}]}""", "nobody")]
    [InlineData("""{"key":"x","variants":{"on":true},"environments":{"moon":{"state":"disabled"}}}""", "moon")]
    public async Task What_is_wrong_with_a_flag_is_told_and_nothing_is_made(string body, string told)
    {
        var before = _server.Board.Current.Revision;

        var refused = await _server.PostAsync("/api/features", body);

        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.UnprocessableEntity, "ValidationError"), refused.Text);
        refused.Text.ShouldContain(told);
        _server.Board.Current.Revision.ShouldBe(before);
    }

    [Theory]
    [InlineData("POST", "/api/features")]
    [InlineData("PUT", "/api/features/x")]
    [InlineData("PATCH", "/api/features/there")]
    public async Task Mistakes_of_the_short_form_and_those_beyond_it_come_in_one_answer(string method, string path)
    {
        (await _server.PostAsync("/api/features", """{"key":"there","rollout":{"percentage":50}}""")).Status.ShouldBe(HttpStatusCode.Created);
        var before = _server.Board.Current.Revision;
        var key = method == "POST" ? "\"key\":\"x\"," : "";

        var refused = await _server.SendAsync(new HttpMethod(method), path, $$"""{{{key}}"rollout":{"percentage":101,"startDate":"soon"},"dependencies":["nobody"]}""", []);

        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.UnprocessableEntity, "ValidationError"), refused.Text);
        refused.At("/errors/0/path").ShouldBe("\"/rollout/startDate\"");
        refused.At("/errors/1/path").ShouldBe("\"/rollout/percentage\"");
        refused.At("/errors/2/path").ShouldBe("\"/dependencies/0/flag\"");
        refused.At("/errors/3").ShouldBeNull();
        _server.Board.Current.Revision.ShouldBe(before);
    }

    [Theory]
    [InlineData("""{"sem_ver":[{"var":"v"},"==","1.0.0"]}""", "/targeting/if/0/sem_ver/1", "is no operator of versions")]
    [InlineData("""{"sem_ver":[{"var":"v"},"=","one"]}""", "/targeting/if/0/sem_ver/2", "is no version")]
    public async Task A_version_in_targeting_that_is_none_is_taken_as_flagd_takes_it_and_warned_of(string condition, string path, string told)
    {
        var taken = await _server.PostAsync("/api/features", Samples.Boolean("x", more: $$""","targeting":{"if":[{{condition}},"on","off"]}"""));

        taken.Status.ShouldBe(HttpStatusCode.Created, taken.Text);
        taken.At("/warnings/0/path").ShouldBe($"\"{path}\"", taken.Text);
        taken.At("/warnings/0/message")!.ShouldContain(told);
        (await _server.PostAsync("/api/features", Samples.Boolean("y", more: ""","targeting":{"if":[{"sem_ver":[{"var":"v"},"=","1"]},"on","off"]}"""))).At("/warnings").ShouldBeNull();
    }

    [Fact]
    public async Task Logic_that_is_too_deep_or_too_large_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"!\":[", 40)) + "true" + string.Concat(Enumerable.Repeat("]}", 40));
        var wide = $$"""{"or":[{{string.Join(',', Enumerable.Repeat("""{"==":[{"var":"a"},1]}""", 45_000))}}]}""";

        (await _server.PostAsync("/api/features", Samples.Boolean("deep", more: $",\"targeting\":{deep}"))).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        var refused = await _server.PostAsync("/api/features", Samples.Boolean("wide", more: $",\"targeting\":{wide}"));
        ((int)refused.Status).ShouldBeOneOf(413, 422);
    }

    [Theory]
    [InlineData("{}", "'key'")]
    [InlineData("""{"name":"!!!"}""", "No key can be made")]
    [InlineData("""{"key":7}""", "'key' must be a string")]
    [InlineData("nonsense", "Line 1")]
    public async Task A_request_without_a_key_is_malformed(string body, string told)
    {
        var refused = await _server.PostAsync("/api/features", body);

        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.BadRequest, "MalformedRequest"), refused.Text);
        refused.At("/detail")!.ShouldContain(told);
    }

    [Fact]
    public async Task A_key_over_128_characters_is_refused_with_the_rule()
    {
        var refused = await _server.PostAsync("/api/features", Samples.Boolean(new string('k', 129)));

        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.BadRequest, "MalformedRequest"));
        refused.At("/detail")!.ShouldContain("128");
        (await _server.PostAsync("/api/features", Samples.Boolean(new string('k', 128)))).Status.ShouldBe(HttpStatusCode.Created);
    }

    private Task<Reply> PatchAsync(string key, string patch) =>
        _server.SendAsync(HttpMethod.Patch, $"/api/features/{key}", patch, [], "application/merge-patch+json");
}
