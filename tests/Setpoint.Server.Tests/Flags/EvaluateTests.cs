using System.Net;
using Setpoint.Core.Json;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Flags;

/// <summary>Flags as they come out: lists, evaluation and explanation.</summary>
public sealed class EvaluateTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await _server.PostAsync("/api/features", Samples.Checkout);
        await _server.PostAsync("/api/features", Samples.Boolean("banner", more: ",\"tags\":[\"ui\"],\"environments\":{\"staging\":{\"state\":\"disabled\"}}"));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("environment=production", "banner,new_checkout_flow")]
    [InlineData("environment=staging&enabled=true", "new_checkout_flow")]
    [InlineData("environment=staging&enabled=false", "banner")]
    [InlineData("environment=production&tags=experiment", "new_checkout_flow")]
    [InlineData("environment=production&tags=experiment,ui", "")]
    public async Task A_list_shows_the_flags_as_an_environment_sees_them(string query, string expected)
    {
        var reply = await _server.GetAsync($"/api/features?{query}");

        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        string.Join(',', ((JsonArray)reply.Json["items"]!).Items.Select(item => ((JsonString)((JsonObject)item)["key"]!).Value)).ShouldBe(expected);
        reply.At("/total").ShouldBe(expected.Length == 0 ? "0" : expected.Split(',').Length.ToString());
    }

    [Fact]
    public async Task Every_wrong_field_of_a_context_is_named_at_once()
    {
        var refused = await _server.PostAsync("/api/features/evaluate?environment=production", """{"context":{"userId":7,"targetingKey":[],"customAttributes":"x"}}""");

        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.BadRequest, "MalformedRequest"), refused.Text);
        refused.At("/detail")!.ShouldContain("3 fields of the context are wrong");
        (refused.At("/errors/0/path"), refused.At("/errors/1/path"), refused.At("/errors/2/path"))
            .ShouldBe(("\"/context/targetingKey\"", "\"/context/userId\"", "\"/context/customAttributes\""));
    }

    [Theory]
    [InlineData("/api/features/evaluate")]
    [InlineData("/api/features/banner/explain")]
    [InlineData("/ofrep/v1/evaluate/flags/banner")]
    [InlineData("/ofrep/v1/evaluate/flags")]
    public async Task What_is_wrong_with_a_context_is_told_as_its_sender_can_act_on_it(string path)
    {
        var named = await _server.PostAsync(path, """{"context":{"environment":5}}""");
        named.Status.ShouldBe(HttpStatusCode.BadRequest);
        named.Text.ShouldContain("'context.environment' must be a string");
        (await _server.PostAsync(path + "?environment=production", """{"context":{"environment":5,"targetingKey":"ann"}}""")).Status.ShouldBe(HttpStatusCode.OK, "the query names it");
        var deep = new string('[', 40) + new string(']', 40);
        foreach (var value in new[] { $"\"{new string('x', 80_000)}\"", deep })
        {
            var refused = await _server.PostAsync(path + "?environment=production", $$"""{"context":{"targetingKey":"ann","x":{{value}} } }""");
            refused.Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
            refused.Text.ShouldContain("may have 65536 bytes and 32 levels");
        }
    }

    [Theory]
    [InlineData("""{"targetingKey":"ann","tier":null}""")]
    [InlineData("""{"targetingKey":"ann"}""")]
    [InlineData("""{"targetingKey":null,"userId":"ann","tier":null,"region":null,"userGroup":null,"customAttributes":null}""")]
    [InlineData("""{"userId":"ann","customAttributes":{"tier":null}}""")]
    [InlineData("""{"userId":"ann","tier":null,"customAttributes":{"tier":null,"targetingKey":null}}""")]
    public async Task An_attribute_that_is_null_is_not_there_whoever_is_asked(string context)
    {
        await _server.PostAsync("/api/features", """{"key":"tiered","variants":{"gold":"g","none":"n","null":"x"},"targeting":{"if":[{"==":[{"var":["tier","none"]},null]},"null",{"var":["tier","none"]}]}}""");

        (await _server.PostAsync("/api/features/evaluate?environment=production", $$"""{"flags":["tiered"],"context":{{context}}}""")).At("/flags/tiered/variant").ShouldBe("\"none\"");
        (await _server.PostAsync("/api/features/tiered/explain?environment=production", $$"""{"context":{{context}}}""")).At("/variant").ShouldBe("\"none\"");
        (await _server.PostAsync("/ofrep/v1/evaluate/flags/tiered?environment=production", $$"""{"context":{{context}}}""")).At("/variant").ShouldBe("\"none\"");
        (await _server.PostAsync("/api/features/evaluate?environment=production", """{"flags":["tiered"],"context":{"tier":null,"customAttributes":{"tier":"gold"}}}"""))
            .At("/flags/tiered/variant").ShouldBe("\"gold\"", "null at the top says nothing, and the custom attribute does");
    }

    [Fact]
    public async Task A_list_follows_the_changes_of_flags()
    {
        await _server.GetAsync("/api/features?environment=production");

        await _server.SendAsync(HttpMethod.Patch, "/api/features/banner", """{"enabled":false}""", [], "application/merge-patch+json");

        (await _server.GetAsync("/api/features?environment=production")).At("/items/0/enabled").ShouldBe("false");
    }

    [Fact]
    public async Task The_context_of_the_seeds_is_understood_and_its_environment_counts()
    {
        var reply = await _server.PostAsync("/api/features/evaluate", """
            {"flags":["new_checkout_flow","banner","nobody"],
             "context":{"userId":"user-7","userGroup":"beta-users","region":"us-east","environment":"production","customAttributes":{"subscriptionTier":"premium"}}}
            """);

        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        reply.At("/flags/banner").ShouldBe("""{"enabled":true,"value":true,"variant":"on","reason":"STATIC"}""");
        reply.At("/flags/new_checkout_flow/reason").ShouldBe("\"SPLIT\"");
        reply.At("/flags/nobody/enabled").ShouldBe("false");
        reply.At("/flags/nobody/errorCode").ShouldBe("\"FLAG_NOT_FOUND\"");
        (await _server.PostAsync("/api/features/evaluate", """{"flags":["banner"],"context":{"environment":"staging"}}"""))
            .At("/flags/banner").ShouldBe("""{"enabled":false,"reason":"DISABLED"}""");
    }

    [Fact]
    public async Task A_share_of_users_gets_a_variant_with_its_configuration_and_the_others_the_default_of_the_code()
    {
        await _server.SendAsync(HttpMethod.Patch, "/api/features/new_checkout_flow", """{"rollout":{"percentage":50}}""", [], "application/merge-patch+json");
        var variants = new Dictionary<string, int>();
        for (var i = 0; i < 400; i++)
        {
            var reply = await _server.PostAsync("/api/features/evaluate?environment=production",
                $$$"""{"flags":["new_checkout_flow"],"context":{"userId":"user-{{{i}}}","userGroup":"beta-users","region":"us-east"}}""");
            var variant = reply.At("/flags/new_checkout_flow/variant") ?? "none";
            variants[variant] = variants.GetValueOrDefault(variant) + 1;
            if (variant == "\"treatment\"")
                reply.At("/flags/new_checkout_flow/configuration").ShouldBe("""{"newCheckout":true,"theme":"modern"}""");
            reply.At("/flags/new_checkout_flow/enabled").ShouldBe(variant == "none" ? "false" : "true");
        }

        // 50 % of 400, and half of those each: five standard deviations of a binomial are 50 and 43.
        variants["none"].ShouldBeInRange(150, 250);
        variants["\"treatment\""].ShouldBeInRange(57, 143);
        variants["\"control\""].ShouldBeInRange(57, 143);
    }

    [Fact]
    public async Task Custom_attributes_are_attributes_too_and_do_not_replace_who_the_user_is()
    {
        await _server.PutAsync("/api/features/tier", Samples.Boolean("tier", "off",
            ",\"rules\":[{\"when\":{\"and\":[{\"==\":[{\"var\":\"tier\"},\"gold\"]},{\"==\":[{\"var\":\"customAttributes.tier\"},\"gold\"]},{\"==\":[{\"var\":\"targetingKey\"},\"ann\"]}]},\"serve\":\"on\"}]"));

        var reply = await _server.PostAsync("/api/features/evaluate?environment=production",
            """{"context":{"userId":"ann","customAttributes":{"tier":"gold","targetingKey":"eve"}}}""");

        reply.At("/flags/tier/value").ShouldBe("true", reply.Text);
        reply.At("/flags/banner/value").ShouldBe("true");
    }

    [Theory]
    [InlineData("""{"userId":"user-7","userGroup":"beta-users","region":"us-east"}""")]
    [InlineData("""{"userId":"user-8","userGroup":"beta-users","region":"us-east"}""")]
    [InlineData("""{"userGroup":"beta-users","region":"us-east"}""")]
    [InlineData("{}")]
    public async Task All_flags_together_say_what_each_of_them_says_alone(string context)
    {
        // Larger than what is expected of an answer, so that it outgrows its room; named to come between the others.
        await _server.PostAsync("/api/features", $$"""
            {"key":"limits","variants":{"a":{"text":"{{new string('é', 9_000)}}"},"b":{"text":"\"b\""} },"split":{"weights":{"a":1,"b":1} } }
            """);
        await _server.PostAsync("/api/features", Samples.Boolean("quiet", more: ",\"state\":\"disabled\""));
        var body = $$"""{"context":{{context}} }""";

        var all = await _server.PostAsync("/api/features/evaluate?environment=production", body);
        var bulk = await _server.PostAsync("/in/global/production/ofrep/v1/evaluate/flags", body);

        all.Status.ShouldBe(HttpStatusCode.OK, all.Text);
        bulk.Status.ShouldBe(HttpStatusCode.OK, bulk.Text);
        var together = (JsonObject)all.Json["flags"]!;
        var items = (JsonArray)bulk.Json["flags"]!;
        (together.Count, items.Items.Length).ShouldBe((4, 4));
        for (var i = 0; i < together.Count; i++)
        {
            var key = together.NameAt(i);
            var alone = await _server.PostAsync("/api/features/evaluate?environment=production", $$"""{"flags":["{{key}}"],"context":{{context}} }""");
            alone.Json["flags"].ShouldBe(new JsonObjectBuilder(1).Add(key, together.ValueAt(i)).Build());
            (await _server.PostAsync($"/in/global/production/ofrep/v1/evaluate/flags/{key}", body)).Json.ShouldBe(items.Items[i]);
        }
    }

    [Fact]
    public async Task A_split_without_a_targeting_key_is_an_error_of_that_flag_alone()
    {
        var reply = await _server.PostAsync("/api/features/evaluate?environment=production", """{"context":{"userGroup":"beta-users","region":"us-east"}}""");

        reply.Status.ShouldBe(HttpStatusCode.OK);
        reply.At("/flags/new_checkout_flow/errorCode").ShouldBe("\"TARGETING_KEY_MISSING\"");
        reply.At("/flags/banner/value").ShouldBe("true");
    }

    [Fact]
    public async Task An_explanation_shows_what_a_rule_saw_and_where_the_hash_fell()
    {
        var reply = await _server.PostAsync("/api/features/new_checkout_flow/explain?environment=production",
            """{"context":{"userId":"user-7","userGroup":"beta-users","region":"us-east"}}""");

        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        reply.At("/rules/0/matched").ShouldBe("true");
        reply.At("/rules/0/split/value").ShouldBe("\"user-7\"");
        reply.At("/rules/0/split/rollout/total").ShouldBe("100000");
        reply.At("/rules/0/when").ShouldNotBeNull().ShouldContain("beta-users");
        (await _server.PostAsync("/api/features/nobody/explain?environment=production", """{"context":{}}""")).Code.ShouldBe("FlagNotFound");
    }

    [Theory]
    [InlineData("", """{"context":{}}""", HttpStatusCode.BadRequest, "X-Environment")]
    [InlineData("?environment=moon", """{"context":{}}""", HttpStatusCode.NotFound, "moon")]
    [InlineData("?environment=production", "{}", HttpStatusCode.BadRequest, "'context'")]
    [InlineData("?environment=production", """{"context":{"userId":7}}""", HttpStatusCode.BadRequest, "userId")]
    [InlineData("?environment=production", """{"context":{"customAttributes":[]}}""", HttpStatusCode.BadRequest, "customAttributes")]
    [InlineData("?environment=production", """{"context":{},"flags":"banner"}""", HttpStatusCode.BadRequest, "'flags'")]
    public async Task A_request_that_cannot_be_followed_says_why(string query, string body, HttpStatusCode status, string told)
    {
        var refused = await _server.PostAsync("/api/features/evaluate" + query, body);

        refused.Status.ShouldBe(status, refused.Text);
        refused.At("/detail")!.ShouldContain(told);
    }

    [Fact]
    public async Task The_header_names_the_environment_and_the_query_goes_before_it()
    {
        const string body = """{"flags":["banner"],"context":{"environment":"production"}}""";

        (await _server.PostAsync("/api/features/evaluate", body, ("X-Environment", "staging"))).At("/flags/banner/reason").ShouldBe("\"DISABLED\"");
        (await _server.PostAsync("/api/features/evaluate?environment=production", body, ("X-Environment", "staging"))).At("/flags/banner/reason").ShouldBe("\"STATIC\"");
    }

    [Fact]
    public async Task A_context_over_64_KiB_is_too_large()
    {
        var refused = await _server.PostAsync("/api/features/evaluate?environment=production", $$$"""{"context":{"userId":"{{{new string('x', 64 * 1024)}}}"}}""");

        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.RequestEntityTooLarge, "TooLarge"));
        refused.At("/detail")!.ShouldContain("65536");
    }
}
