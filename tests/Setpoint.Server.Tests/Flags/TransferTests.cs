using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;
using Setpoint.Core.Json;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Flags;

/// <summary>The formats of others, in and out.</summary>
public sealed class TransferTests : IAsyncLifetime
{
    private const string Flagd = """
        {"flags":{
          "banner":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off",
            "targeting":{"if":[{"ends_with":[{"var":"email"},"@example.com"]},"on",null]}},
          "size":{"state":"DISABLED","variants":{"small":1,"large":2},"defaultVariant":"small"}}}
        """;

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Flags_of_flagd_are_taken_in_one_commit_and_come_out_as_they_went_in()
    {
        var before = _server.Board.Current.Revision;

        var made = await _server.PostAsync("/api/features/import?format=flagd&environment=production", Flagd);

        made.Status.ShouldBe(HttpStatusCode.OK, made.Text);
        made.At("/items").ShouldBe($$"""[{"key":"banner","version":{{before + 1}},"created":true},{"key":"size","version":{{before + 1}},"created":true}]""");
        var evaluated = await _server.PostAsync("/api/features/evaluate?environment=production", """{"context":{"userId":"ann","email":"ann@example.com"}}""");
        evaluated.At("/flags/banner/reason").ShouldBe("\"TARGETING_MATCH\"");
        evaluated.At("/flags/size/reason").ShouldBe("\"DISABLED\"");
        var exported = await _server.GetAsync("/api/features/export?format=flagd&environment=production");
        exported.At("/flags/banner").ShouldBe(((JsonObject)JsonReader.Parse(Flagd).Value)["flags"] is JsonObject flags ? Sorted(flags["banner"]!, exported.Json) : null);
        (await _server.PostAsync("/api/features/import?format=flagd&environment=production", exported.Text)).At("/changed").ShouldBe("false");
    }

    [Fact]
    public async Task An_import_for_an_environment_that_is_not_there_is_refused_once()
    {
        var refused = await _server.PostAsync("/api/features/import?format=flagd&environment=moon", Flagd);

        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.NotFound, "EnvironmentNotFound"));
        (await _server.GetAsync("/api/features/banner")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Malformed_flags_and_wrong_expressions_are_told_in_one_answer()
    {
        var before = _server.Board.Current.Revision;

        var refused = await _server.PostAsync("/api/features/import?format=flagd&environment=production", """
            {"flags":{"stateless":{"variants":{"on":true}},
                      "listed":[],
                      "mixed":{"state":"ENABLED","variants":{"on":true,"off":0}},
                      "bad":{"state":"ENABLED","variants":{"on":true},"targeting":{"nonsense":[1]}}}}
            """);

        refused.Code.ShouldBe("ValidationError");
        ((JsonArray)refused.Json["errors"]!).Items.Select(error => ((JsonString)((JsonObject)error)["path"]!).Value).ShouldBe(
            ["/flags/stateless/state", "/flags/listed", "/variants/off", "/environments/production/targeting/nonsense"], ignoreOrder: true);
        _server.Board.Current.Revision.ShouldBe(before);
    }

    [Fact]
    public async Task One_wrong_flag_refuses_them_all_with_every_reason_unless_it_is_to_be_kept()
    {
        const string broken = """
            {"flags":{"good":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on"},
                      "bad":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on","targeting":{"nonsense":[1]}},
                      "worse":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on","targeting":{"rubbish":[1]}}}}
            """;
        var before = _server.Board.Current.Revision;

        var refused = await _server.PostAsync("/api/features/import?format=flagd&environment=production", broken);
        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.UnprocessableEntity, "ValidationError"));
        refused.Text.ShouldContain("nonsense");
        refused.Text.ShouldContain("rubbish");
        _server.Board.Current.Revision.ShouldBe(before);

        (await _server.PostAsync("/api/features/import?format=flagd&environment=production&invalid=keep", broken)).Status.ShouldBe(HttpStatusCode.OK);
        var evaluated = await _server.PostAsync("/api/features/evaluate?environment=production", """{"context":{}}""");
        evaluated.At("/flags/good/value").ShouldBe("true");
        evaluated.At("/flags/bad/errorCode").ShouldBe("\"PARSE_ERROR\"");
    }

    [Theory]
    [InlineData("POST", "/api/features/import?environment=production", "'format' is missing")]
    [InlineData("POST", "/api/features/import?environment=production&format=csv", "'csv'")]
    [InlineData("POST", "/api/features/import?format=flagd", "X-Environment")]
    [InlineData("POST", "/api/features/import?environment=production&format=flagd&invalid=maybe", "refuse or keep")]
    [InlineData("GET", "/api/features/export?environment=production&format=csv", "flagd or microsoft")]
    public async Task A_request_that_cannot_be_followed_says_why(string method, string path, string told)
    {
        var refused = await _server.SendAsync(new HttpMethod(method), path, method == "POST" ? Flagd : null, []);

        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.BadRequest, "MalformedRequest"), refused.Text);
        refused.At("/detail")!.ShouldContain(told);
    }

    [Fact]
    public async Task Microsofts_library_loads_the_export_and_gives_the_same_answers()
    {
        string[] flags =
        [
            Samples.Boolean("plain"),
            Samples.Boolean("plain-off", "off"),
            Samples.Boolean("disabled", more: ",\"state\":\"disabled\""),
            """{"name":"for beta","enabled":true,"rollout":{"percentage":100,"userGroups":["beta","staff"]}}""",
            """{"name":"nobody","enabled":true,"rollout":{"percentage":0}}""",
            """{"name":"over","enabled":true,"rollout":{"endDate":"2020-01-01T00:00:00Z"}}""",
            """{"name":"running","enabled":true,"rollout":{"startDate":"2020-01-01T00:00:00Z","endDate":"2099-01-01T00:00:00Z"}}""",
            """{"key":"size","variants":{"small":{"n":1},"large":{"n":2}},"defaultVariant":"small"}""",
            """{"key":"theme","variants":{"dark":"dark","light":"light"},"defaultVariant":"light","rules":[{"when":{"in":[{"var":"userGroup"},["beta"]]},"serve":"dark"}]}""",
        ];
        foreach (var flag in flags)
            (await _server.PostAsync("/api/features", flag)).Status.ShouldBe(HttpStatusCode.Created, flag);
        var exported = await _server.GetAsync("/api/features/export?format=microsoft&environment=production");
        exported.Status.ShouldBe(HttpStatusCode.OK, exported.Text);
        using var text = new MemoryStream(Encoding.UTF8.GetBytes(exported.Text));
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddJsonStream(text).Build());
        services.AddLogging();
        services.AddFeatureManagement();
        await using var provider = services.BuildServiceProvider();
        var theirs = provider.GetRequiredService<IVariantFeatureManager>();

        var compared = 0;
        foreach (var (user, group) in new[] { ("ann", "beta"), ("bob", "staff"), ("eve", "none") })
        {
            var ours = await _server.PostAsync("/api/features/evaluate?environment=production", $$$"""{"context":{"userId":"{{{user}}}","userGroup":"{{{group}}}"}}""");
            var context = new TargetingContext { UserId = user, Groups = [group] };
            foreach (var key in new[] { "plain", "plain-off", "disabled", "for_beta", "nobody", "over", "running" })
            {
                (await theirs.IsEnabledAsync(key, context, TestContext.Current.CancellationToken)).ToString().ToLowerInvariant()
                    .ShouldBe(ours.At($"/flags/{key}/enabled"), $"{key} for {user}");
                compared++;
            }

            foreach (var key in new[] { "size", "theme" })
            {
                var variant = await theirs.GetVariantAsync(key, context, TestContext.Current.CancellationToken);
                $"\"{variant.Name}\"".ShouldBe(ours.At($"/flags/{key}/variant"), $"{key} for {user}");
                compared++;
            }
        }

        compared.ShouldBe(27);
    }

    [Fact]
    public async Task What_Microsofts_schema_cannot_say_is_told_beside_it()
    {
        await _server.PostAsync("/api/features", """{"key":"x","variants":{"on":true,"off":false},"defaultVariant":"off","rules":[{"when":{">":[{"var":"age"},17]},"serve":"on"}]}""");

        var exported = await _server.GetAsync("/api/features/export?format=microsoft&environment=production");

        Uri.UnescapeDataString(exported.Message.Headers.GetValues("Setpoint-Note").Single()).ShouldContain("x: its rules ask for more");
    }

    [Fact]
    public async Task What_Microsofts_schema_cannot_say_of_a_split_is_noted()
    {
        await _server.PostAsync("/api/features", """{"key":"account","variants":{"a":1,"b":2},"split":{"by":"account.id","weights":{"a":1,"b":1}}}""");
        await _server.PostAsync("/api/features", """
            {"key":"steps","variants":{"on":true,"off":false},"split":{"percentage":5,"weights":{"on":1}},"schedule":{"steps":[{"at":"2020-01-01","percentage":10},{"at":"2099-01-01","percentage":50}]}}
            """);
        await _server.PostAsync("/api/features", """{"key":"done","variants":{"on":true,"off":false},"split":{"percentage":5,"weights":{"on":1}},"schedule":{"steps":[{"at":"2020-01-01","percentage":10}]}}""");

        var exported = await _server.GetAsync("/api/features/export?format=microsoft&environment=production");

        var notes = exported.Message.Headers.GetValues("Setpoint-Note").Select(Uri.UnescapeDataString).ToList();
        notes.Count.ShouldBe(2);
        notes[0].ShouldStartWith("account: the schema splits by the user alone, and this split is by 'account.id'");
        notes[1].ShouldStartWith("steps: the schema knows no steps; the split is exported as it is at 20");
    }

    /// <summary>The flag with its properties in the order of the export.</summary>
    private static string Sorted(JsonValue flag, JsonObject exported)
    {
        var order = (JsonObject)((JsonObject)exported["flags"]!)["banner"]!;
        var sorted = JsonObject.Empty;
        for (var i = 0; i < order.Count; i++)
            sorted = sorted.With(order.NameAt(i), ((JsonObject)flag)[order.NameAt(i)]!);
        ((JsonObject)flag).Count.ShouldBe(order.Count);
        return sorted.ToString();
    }
}
