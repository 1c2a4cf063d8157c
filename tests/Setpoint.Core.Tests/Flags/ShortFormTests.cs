using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Reading;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.Tests.Json;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Flags.TestFlags;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Flags;

public sealed class ShortFormTests
{
    private const string Checkout = """
        {"name":"New Checkout Flow","description":"A/B test for new checkout process","enabled":true,
         "rollout":{"percentage":25,"userGroups":["beta-users"],"regions":["us-east"],"startDate":"2024-01-01T00:00:00Z","endDate":"2027-03-01T00:00:00Z"},
         "variants":[{"id":"control","name":"Current Flow","weight":50,"configuration":{}},
                     {"id":"treatment","name":"New Flow","weight":50,"configuration":{"newCheckout":true,"theme":"modern"}}],
         "dependencies":[],"tags":["checkout","experiment"]}
        """;

    [Fact]
    public void The_checkout_flag_serves_a_quarter_of_its_audience_and_shows_in_both_forms()
    {
        var full = ShortForm.ToFull(ObjectOf(Checkout)).Value;
        ShortForm.TryFrom(full).ShouldBe(ObjectOf(Checkout));
        var set = SetOf(full.ToString());
        var counts = Enumerable.Range(0, 10_000)
            .Select(i => set.Evaluate(User($"user-{i}", """{"userGroup":"beta-users","region":"us-east"}""")))
            .CountBy(result => result.Variant ?? "-").ToDictionary();
        counts["-"].ShouldBeInRange(7_300, 7_700);
        counts["control"].ShouldBeInRange(1_100, 1_400);
        set.Evaluate(User("user-1", """{"userGroup":"beta-users","region":"eu"}""")).ShouldBe(null, FlagReason.Default);
        set.Evaluate("flag", User("user-1"), DateTimeOffset.UnixEpoch).ShouldBe(null, FlagReason.Disabled);
    }

    [Fact]
    public void A_boolean_flag_for_everybody_needs_no_targeting_key()
    {
        var set = SetOf(ShortForm.ToFull(ObjectOf("""{"name":"Dark mode","enabled":true}""")).Value.ToString());
        set.Evaluate().ShouldBe("on", FlagReason.Split);
        SetOf(ShortForm.ToFull(ObjectOf("""{"name":"Dark mode","enabled":true,"rollout":{"percentage":0}}""")).Value.ToString()).Evaluate().ShouldBe("off", FlagReason.Split);
    }

    [Fact]
    public void Every_short_form_becomes_a_full_one_that_the_gate_takes_and_comes_back() => Seeded.Run(500, random =>
    {
        var made = ObjectOf(Random(random));
        var full = ShortForm.ToFull(made).Value;
        ShortForm.IsShort(made).ShouldBeTrue();
        ShortForm.IsShort(full).ShouldBeFalse();
        ShortForm.TryFrom(full).ShouldBe(made);
        SetOf("production", Flag("base", """{"variants":{"on":true}}"""), Flag("flag", full.ToString())).Count.ShouldBe(2);
    });

    [Theory]
    [InlineData("""{"variants":{"on":true,"off":false},"defaultVariant":"on"}""")]
    [InlineData("""{"state":"enabled","variants":{"on":true,"off":false},"defaultVariant":"off","offVariant":"off","split":{"weights":{"on":1}},"owner":"ada"}""")]
    [InlineData("""{"state":"enabled","variants":{"on":true,"off":false},"defaultVariant":"off","offVariant":"off","split":{"weights":{"on":1},"salt":"x"}}""")]
    [InlineData("""{"state":"enabled","variants":{"on":true,"off":false},"defaultVariant":"off","offVariant":"off","rules":[{"name":"audience","when":{"and":[{"in":[{"var":"team"},["a"]]}]},"serve":{"split":{"weights":{"on":1}}}}]}""")]
    public void A_full_form_that_says_more_has_no_short_one(string full) => ShortForm.TryFrom(ObjectOf(full)).ShouldBeNull();

    [Fact]
    public void What_an_environment_sees_shows_in_the_short_form()
    {
        var full = ShortForm.ToFull(ObjectOf("""{"name":"x","enabled":false}""")).Value.With("environments", ObjectOf("""{"production":{"state":"enabled"}}"""));
        ShortForm.TryFrom(full).ShouldBeNull();
        ShortForm.TryFrom(ShortForm.Flattened(full, ["production"]))!["enabled"].ShouldBe(JsonBoolean.True);
        ShortForm.TryFrom(ShortForm.Flattened(full, ["staging"]))!["enabled"].ShouldBe(JsonBoolean.False);
    }

    [Theory]
    [InlineData("""{"rollout":{"percentage":101}}""", "/rollout/percentage")]
    [InlineData("""{"rollout":{"percentage":33.3333}}""", "/rollout/percentage")]
    [InlineData("""{"rollout":{"startDate":"soon"}}""", "/rollout/startDate")]
    [InlineData("""{"rollout":{"startDate":"2026-03-01","endDate":"2026-01-01"}}""", "/rollout/endDate")]
    [InlineData("""{"variants":[{"id":"a","weight":-1}]}""", "/variants/0/weight")]
    [InlineData("""{"rollout":{"groups":[]}}""", "/rollout/groups")]
    [InlineData("""{"variants":[{"id":"a","weight":0}]}""", "/variants")]
    [InlineData("""{"variants":[{"id":"a","weight":1},{"id":"a","weight":1}]}""", "/variants/1/id")]
    [InlineData("""{"variants":[{"weight":1}]}""", "/variants/0/id")]
    [InlineData("""{"variants":[{"id":"a","weight":1,"configuration":3}]}""", "/variants/0/configuration")]
    [InlineData("""{"enabled":"yes"}""", "/enabled")]
    [InlineData("""{"variants":[{"id":"a","name":"","weight":1}]}""", "/variants/0/name")]
    public void A_mistake_is_named_where_it_stands_in_the_short_form(string json, string path)
    {
        var violations = ShortForm.ToFull(ObjectOf(json)).Fault.ShouldBeOfType<Fault.Invalid>().Violations;
        var violation = violations.ShouldHaveSingleItem();
        (violation.Path, violation.Address).ShouldBe((path, null));
    }

    [Theory]
    [InlineData("""{"rollout":{"percentage":101,"startDate":"soon","endDate":"2026-01-01","groups":[]},"variants":[{"id":"a","weight":0}],"enabled":3,"x":1}""",
        "/enabled /rollout/groups /rollout/percentage /rollout/startDate /variants /x")]
    [InlineData("""{"variants":[{"id":"a\tb","weight":1},{"id":"ok","name":"","weight":0},{"id":"ok","weight":-1},{"weight":1},7,{"id":"c","weight":1,"configuration":3}]}""",
        "/variants/0/id /variants/1/name /variants/2/id /variants/2/weight /variants/3/id /variants/4 /variants/5/configuration")]
    [InlineData("""{"variants":[3],"rollout":3,"dependencies":3,"tags":["",3],"name":3}""", "/dependencies /name /rollout /tags/0 /tags/1 /variants/0")]
    [InlineData("""{"variants":3,"rollout":{"startDate":"2026-03-01","endDate":"2026-01-01","userGroups":[3]}}""", "/rollout/endDate /rollout/userGroups/0 /variants")]
    [InlineData("""{"rollout":{"percentage":101},"dependencies":["nobody"]}""", "/dependencies/0/flag /rollout/percentage")]
    [InlineData("""{"enabled":3,"dependencies":[3,{"flag":"nobody","variants":["x"]},"base",{"flag":"base","variants":["gone"]}]}""",
        "/dependencies/0 /dependencies/1/flag /dependencies/3/flag /dependencies/3/variants/0 /enabled")]
    [InlineData("""{"enabled":3,"dependencies":["waits"]}""", "/dependencies /enabled")]
    public void Its_own_mistakes_and_those_that_the_gate_finds_come_together_and_none_that_follows(string json, string paths)
    {
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit(
            Flag("flag", """{"variants":{"old":{}},"defaultVariant":"old"}"""),
            Flag("base", """{"variants":{"on":true}}"""),
            Flag("waits", """{"variants":{"on":true},"dependencies":[{"flag":"flag","variants":["old"]}]}"""));
        var address = FlagKind.AddressOf(Namespace, "flag");
        var before = ledger.Snapshot;

        var found = Gate.Judge(before, new("tester", "", [], planning =>
        {
            var mistakes = new ViolationList();
            var full = ShortForm.ToFull(ObjectOf(json), mistakes);
            planning.Refuse(mistakes.ToImmutable(), [address]);
            return ImmutableArray.Create(new ProposedChange(address, full));
        }), Now).Fault.ShouldBeOfType<Fault.Invalid>().Violations;

        found.Select(violation => violation.Path).Order(StringComparer.Ordinal).ToArray()
            .ShouldBe(paths.Split(' '), string.Join('\n', found.Select(violation => violation.Message)));
        ledger.Snapshot.ShouldBeSameAs(before);
    }

    [Fact]
    public void Too_much_of_anything_is_told_once()
    {
        var many = string.Join(',', Enumerable.Range(0, 1_001).Select(i => $"\"{i}\""));
        var violations = new ViolationList();
        var full = ShortForm.ToFull(ObjectOf($$$"""{"tags":[{{{many}}}],"rollout":{"userGroups":[{{{many}}}],"regions":[{{{many}}}]},"dependencies":[{{{many}}}]}"""), violations);
        violations.ToImmutable().Select(violation => violation.Path).ShouldBe(["/dependencies", "/tags", "/rollout/userGroups", "/rollout/regions"]);
        SetOf(full.ToString()).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("New Checkout Flow", "new_checkout_flow")]
    [InlineData("  A/B -- test! ", "a_b_test")]
    [InlineData("Über 9000", "über_9000")]
    [InlineData("!?", null)]
    public void A_name_makes_a_key_in_snake_case(string name, string? key) => ShortForm.KeyOf(name).ShouldBe(key);

    private static string Random(Random random)
    {
        var rollout = new List<string> { $"\"percentage\":{random.Next(101)}" };
        Maybe(rollout, "\"userGroups\":[\"beta\",\"staff\"]");
        Maybe(rollout, "\"regions\":[\"eu\"]");
        Maybe(rollout, "\"startDate\":\"2026-01-01\"");
        Maybe(rollout, "\"endDate\":\"2027-01-01T00:00:00Z\"");
        var parts = new List<string>();
        Maybe(parts, "\"name\":\"A flag\"");
        Maybe(parts, "\"description\":\"What for\"");
        parts.Add($"\"enabled\":{(random.Next(2) == 0 ? "true" : "false")}");
        parts.Add($"\"rollout\":{{{string.Join(',', rollout)}}}");
        var variants = Enumerable.Range(0, random.Next(4)).Select(i =>
            $$"""{"id":"v{{i}}",{{(random.Next(2) == 0 ? $"\"name\":\"Variant {i}\"," : "")}}"weight":{{random.Next(1, 100)}},"configuration":{"n":{{i}} } }""");
        parts.Add($"\"variants\":[{string.Join(',', variants)}]");
        parts.Add(random.Next(3) switch
        {
            0 => "\"dependencies\":[\"base\"]",
            1 => """ "dependencies":[{"flag":"base","variants":["on"]}] """,
            _ => "\"dependencies\":[]",
        });
        parts.Add(random.Next(2) == 0 ? "\"tags\":[]" : "\"tags\":[\"a\",\"b\"]");
        return $"{{{string.Join(',', parts)}}}";

        void Maybe(List<string> to, string part)
        {
            if (random.Next(2) == 0)
                to.Add(part);
        }
    }
}
