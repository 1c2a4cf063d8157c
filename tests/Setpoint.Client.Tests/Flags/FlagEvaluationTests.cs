using Setpoint.Client.Tests.FakeServer;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;
using Setpoint.Core.Rules;
using Setpoint.TestKit;

namespace Setpoint.Client.Tests.Flags;

public sealed class FlagEvaluationTests : FlagTest
{
    private const string Samples = $$$$"""
        "boolean": {{{{On}}}},
        "text": {"variants":{"a":"A","b":"B"},"defaultVariant":"a","metadata":{"team":"web"},"targeting":{"if":[{"==":[{"var":"plan"},"pro"]},"b",null]}},
        "number": {"variants":{"half":0.5,"whole":3,"huge":9007199254740993},"defaultVariant":"half","targeting":{"var":"pick"}},
        "object": {"variants":{"x":{"limit":5}},"defaultVariant":"x"},
        "off": {"variants":{"on":true,"off":false},"defaultVariant":"on","state":"disabled"},
        "split": {"variants":{"on":true,"off":false},"defaultVariant":"off","split":{"weights":{"on":1,"off":1}}},
        "where": {"variants":{"production":"yes","other":"no"},"defaultVariant":"other","targeting":{"var":"environment"}},
        "who": {"variants":{"notification-service":1,"eu":2,"none":0},"defaultVariant":"none","targeting":{"var":{"var":"ask"}}}
        """;

    [Fact]
    public async Task Each_type_gives_what_the_flag_serves_and_the_details_say_why()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, Samples);
        await using var connection = await ConnectWithFlagsAsync(server);
        var flags = connection.Client.Flags;

        flags.GetBoolean("boolean", false).ShouldBeTrue();
        flags.GetString("text", "-").ShouldBe("A");
        flags.GetString("text", "-", FlagContext.Of("ann", ("plan", LogicValue.Of("pro")))).ShouldBe("B");
        flags.GetNumber("number", 0).ShouldBe(0.5);
        flags.GetInteger("number", 0, Pick("whole")).ShouldBe(3);
        flags.GetInteger("number", 0, Pick("huge")).ShouldBe(9007199254740993, "digits beyond 2^53 are kept");
        flags.GetObject("object", JsonObject.Empty)["limit"].ShouldBe(JsonNumber.Of(5));

        var details = flags.GetStringDetails("text", "-");
        details.ShouldBe(new FlagDetails<string>("text", "A", "a", "DEFAULT", null, null, details.Metadata, Own, 2));
        details.Metadata["team"].ShouldBe(new JsonString("web"));
        flags.GetBooleanDetails("boolean", false).Reason.ShouldBe("STATIC");
        flags.GetIntegerDetails("number", 0, Pick("whole")).ShouldBe(
            new FlagDetails<long>("number", 3, "whole", "TARGETING_MATCH", null, null, JsonObject.Empty, Own, 2));
        flags.GetNumberDetails("number", 0).Value.ShouldBe(0.5);
        flags.GetObjectDetails("object", JsonObject.Empty).Variant.ShouldBe("x");
        (flags.Status.IsReady, flags.Status.ExposuresDropped).ShouldBe((true, 0));
        flags.Status.Namespaces.ShouldHaveSingleItem().ShouldBe(new FlagNamespaceStatus(Own, SetpointOrigin.Server, 2, 8, null));
    }

    [Theory]
    [InlineData("absent", "FLAG_NOT_FOUND", "'notification-service'")]
    [InlineData("text", "TYPE_MISMATCH", "a boolean is asked for")]
    [InlineData("split", "TARGETING_KEY_MISSING", "targetingKey")]
    [InlineData(null, "FLAG_NOT_FOUND", "null")]
    public async Task What_goes_wrong_gives_the_fallback_and_a_code_and_is_logged_once(string? key, string code, string hint)
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, Samples);
        await using var connection = await ConnectWithFlagsAsync(server);
        var flags = connection.Client.Flags;

        foreach (var fallback in new[] { true, false, true })
        {
            flags.GetBoolean(key!, fallback).ShouldBe(fallback);
            var details = flags.GetBooleanDetails(key!, fallback);
            (details.Value, details.Variant, details.Reason, details.ErrorCode).ShouldBe((fallback, null, "ERROR", code));
            details.ErrorMessage!.ShouldContain(hint);
        }

        Log.Count(7045).ShouldBe(1);
    }

    [Fact]
    public async Task A_disabled_flag_gives_the_fallback_without_an_error()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, Samples);
        await using var connection = await ConnectWithFlagsAsync(server);

        var details = connection.Client.Flags.GetBooleanDetails("off", true);

        (details.Value, details.Variant, details.Reason, details.ErrorCode).ShouldBe((true, null, "DISABLED", null));
        connection.Client.Flags.GetBoolean("off", true).ShouldBeTrue();
        Log.Count(7045).ShouldBe(0);
    }

    [Fact]
    public async Task A_number_that_is_not_whole_is_no_integer()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, Samples);
        await using var connection = await ConnectWithFlagsAsync(server);

        connection.Client.Flags.GetInteger("number", 7).ShouldBe(7);
        var details = connection.Client.Flags.GetIntegerDetails("number", 7);
        (details.Value, details.Reason, details.ErrorCode).ShouldBe((7L, "ERROR", "TYPE_MISMATCH"));
        details.ErrorMessage!.ShouldContain("'half'");
    }

    [Fact]
    public async Task Attributes_of_the_process_are_seen_by_every_evaluation_and_a_context_overrides_them()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, Samples);
        await using var connection = await ConnectWithFlagsAsync(server, options =>
        {
            options.Context["region"] = "eu";
            options.User = "process-7";
        });
        var flags = connection.Client.Flags;

        flags.GetString("where", "-").ShouldBe("yes");
        flags.GetString("where", "-", FlagContext.Of("ann")).ShouldBe("yes");
        flags.GetString("where", "-", FlagContext.Of("ann", ("environment", LogicValue.Of("other")))).ShouldBe("no");
        flags.GetString("where", "-", FlagContext.Of("ann", ("environment", LogicValue.Null))).ShouldBe("yes", "null is an attribute that is not there");
        flags.GetNumber("who", -1, FlagContext.Of("ann", ("ask", LogicValue.Of("service")))).ShouldBe(1);
        flags.GetNumber("who", -1, FlagContext.Of("ann", ("ask", LogicValue.Of("region")))).ShouldBe(2);
        flags.GetBooleanDetails("split", false).Reason.ShouldBe("SPLIT", "the user is the targeting key of a context without one");
    }

    [Fact]
    public async Task A_typed_context_is_read_by_position()
    {
        var schema = new FlagContextSchema("plan", "pick");
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, Samples);
        await using var connection = await ConnectWithFlagsAsync(server, options => options.Flags.Schema = schema);
        var context = new TypedFlagContext(schema) { TargetingKey = "ann" };
        context.Set(schema["plan"], "pro");

        connection.Client.Flags.GetString("text", "-", context).ShouldBe("B");
        context.Clear();
        connection.Client.Flags.GetString("text", "-", context).ShouldBe("A");
    }

    [Fact]
    public async Task The_services_own_flag_counts_before_the_global_one()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish("global", $"\"shared\": {On}, \"both\": {On}");
        server.Flags.Publish("notification-service", $"\"own\": {On}, \"both\": {Off}");
        await using var connection = await ConnectAsync(server, options => options.Flags.Enabled = true);
        var flags = connection.Client.Flags;

        flags.GetBoolean("shared", false).ShouldBeTrue();
        flags.GetBoolean("own", false).ShouldBeTrue();
        flags.GetBoolean("both", true).ShouldBeFalse();
        flags.GetBooleanDetails("both", true).Namespace.ShouldBe("notification-service");
        flags.GetBooleanDetails("shared", true).Namespace.ShouldBe("global");
        flags.Status.Namespaces.Select(one => one.Namespace).ShouldBe(["notification-service", "global"]);
    }

    [Fact]
    public async Task A_segment_means_the_namespaces_own_and_else_the_global_one()
    {
        const string Flag = """{"variants":{"on":true,"off":false},"defaultVariant":"off","rules":[{"when":{"segment":"beta"},"serve":"on"}]}""";
        static string Segment(string ns, string user) => $$$"""{"key":"beta","namespace":"{{{ns}}}","document":{"included":["{{{user}}}"]}}""";
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish("global", $"\"everywhere\": {Flag}", Segment("global", "ann"));
        server.Flags.Publish("notification-service", $"\"own\": {Flag}", $"{Segment("global", "ann")},{Segment("notification-service", "bob")}");
        await using var connection = await ConnectAsync(server, options => options.Flags.Enabled = true);

        bool Is(string key, string user) => connection.Client.Flags.GetBoolean(key, false, FlagContext.Of(user));
        (Is("everywhere", "ann"), Is("everywhere", "bob"), Is("own", "ann"), Is("own", "bob")).ShouldBe((true, false, false, true));
    }

    [Fact]
    public async Task A_client_that_does_not_use_flags_asks_for_none_and_says_how_to()
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var connection = await ConnectAsync(server);
        await StreamingAsync(connection);

        connection.Client.Flags.GetBoolean("boolean", true).ShouldBeTrue();
        var details = connection.Client.Flags.GetBooleanDetails("boolean", true);
        details.ErrorCode.ShouldBe("PROVIDER_NOT_READY");
        details.ErrorMessage!.ShouldContain("options.Flags.Enabled");
        connection.Client.Flags.Status.IsReady.ShouldBeFalse();
        server.RequestsTo("/api/features").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_flag_that_this_version_cannot_read_gives_its_fallback_and_hides_the_one_below()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish("global", $"\"both\": {On}");
        server.Flags.Publish("notification-service", """ "both": {"variants":{"on":true},"futureMember":1}, "fine": {"variants":{"on":true},"defaultVariant":"on"} """);
        await using var connection = await ConnectAsync(server, options => options.Flags.Enabled = true);
        var flags = connection.Client.Flags;

        var details = flags.GetBooleanDetails("both", false);
        (details.Value, details.ErrorCode).ShouldBe((false, "PARSE_ERROR"));
        details.ErrorMessage!.ShouldContain("futureMember");
        flags.GetBoolean("fine", false).ShouldBeTrue();
        Log.Count(7044).ShouldBe(1);
    }

    [Fact]
    public async Task Booleans_texts_and_numbers_allocate_nothing()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, Samples);
        await using var connection = await ConnectWithFlagsAsync(server);
        var flags = connection.Client.Flags;
        var context = FlagContext.Of("ann", ("plan", LogicValue.Of("pro")), ("pick", LogicValue.Of("whole")));

        Allocation.Of(Ask).ShouldBe(0);

        void Ask()
        {
            _ = flags.GetBoolean("boolean", false, context);
            _ = flags.GetBoolean("split", false, context);
            _ = flags.GetString("text", "", context);
            _ = flags.GetNumber("number", 0, context);
            _ = flags.GetInteger("number", 0, context);
            _ = flags.GetBoolean("off", false);
        }
    }

    private static FlagContext Pick(string variant) => FlagContext.Of("ann", ("pick", LogicValue.Of(variant)));
}
