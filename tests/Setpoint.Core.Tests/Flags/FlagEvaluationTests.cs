using Setpoint.Core.Flags;
using Setpoint.Core.Rules;
using Setpoint.Core.Tests.Json;
using Setpoint.TestKit;
using static Setpoint.Core.Tests.Flags.TestFlags;

namespace Setpoint.Core.Tests.Flags;

public sealed class FlagEvaluationTests
{
    private const string OnOff = """ "variants":{"on":true,"off":false},"defaultVariant":"off","offVariant":"off" """;

    [Fact]
    public void A_rule_that_matches_serves_its_variant_and_the_first_of_them_counts()
    {
        var set = SetOf($$"""{{{OnOff}},"rules":[{"when":{"==":[{"var":"plan"},"gold"]},"serve":"on"},{"when":true,"serve":"off"}]}""");
        set.Evaluate(User("u", """{"plan":"gold"}""")).ShouldBe("on", FlagReason.TargetingMatch);
        set.Evaluate(User("u", """{"plan":"free"}""")).ShouldBe("off", FlagReason.TargetingMatch);
    }

    [Fact]
    public void No_rule_matches_is_the_default_and_no_rule_at_all_is_static()
    {
        SetOf($$"""{{{OnOff}},"rules":[{"when":false,"serve":"on"}]}""").Evaluate().ShouldBe("off", FlagReason.Default);
        SetOf("{" + OnOff + "}").Evaluate().ShouldBe("off", FlagReason.Static);
        SetOf("""{"variants":{"on":true}}""").Evaluate().ShouldBe(null, FlagReason.Default);
    }

    [Fact]
    public void A_disabled_flag_gives_the_default_of_the_code_and_not_the_off_variant()
    {
        var result = SetOf($$"""{{{OnOff}},"state":"disabled"}""").Evaluate();
        result.ShouldBe(null, FlagReason.Disabled);
        result.GetBoolean(fallback: true).ShouldBeTrue();
    }

    [Fact]
    public void An_environment_inherits_along_the_tree_and_one_decision_replaces_the_other_whole()
    {
        const string json = $$"""
            {{{OnOff}},"split":{"weights":{"on":1} },
             "environments":{"production":{"rules":[{"when":{"var":"beta"},"serve":"on"}]},"production-eu":{"defaultVariant":"on"},"staging":{"state":"disabled"} } }
            """;
        // The split of the top level is gone with production's rules, and production-eu has those rules and a default of its own.
        SetOf(json, "production").Evaluate(User("u")).ShouldBe("off", FlagReason.Default);
        SetOf(json, "production-eu").Evaluate(User("u")).ShouldBe("on", FlagReason.Default);
        SetOf(json, "production-eu").Evaluate(User("u", """{"beta":true}""")).ShouldBe("on", FlagReason.TargetingMatch);
        SetOf(json, "staging").Evaluate(User("u")).ShouldBe(null, FlagReason.Disabled);
    }

    [Fact]
    public void A_default_variant_of_null_takes_an_inherited_one_away()
    {
        const string json = $$"""{{{OnOff}},"environments":{"production":{"defaultVariant":null} } }""";
        SetOf(json, "production").Evaluate().ShouldBe(null, FlagReason.Default);
        SetOf(json, "staging").Evaluate().ShouldBe("off", FlagReason.Static);
    }

    [Theory]
    [InlineData("""{"targetingKey":"u","plan":"gold"}""", "on", FlagReason.TargetingMatch)]
    [InlineData("""{"targetingKey":"u","plan":"free"}""", "off", FlagReason.PrerequisiteFailed)]
    [InlineData("""{"targetingKey":"u"}""", "off", FlagReason.PrerequisiteFailed)]
    public void A_dependency_that_is_not_met_serves_the_off_variant(string context, string variant, FlagReason reason)
    {
        var set = SetOf(
            "production",
            Flag("base", """{"variants":{"a":"A","b":"B"},"rules":[{"when":{"==":[{"var":"plan"},"gold"]},"serve":"a"},{"when":{"==":[{"var":"plan"},"free"]},"serve":"b"}]}"""),
            Flag("flag", $$"""{{{OnOff}},"dependencies":[{"flag":"base","variants":["a"]}],"rules":[{"when":true,"serve":"on"}]}"""));
        set.Evaluate(FlagContext.Of(JsonSamples.ObjectOf(context))).ShouldBe(variant, reason);
    }

    [Theory]
    [InlineData("""{"variants":{"on":true,"off":false},"defaultVariant":"on"}""", true)]
    [InlineData("""{"variants":{"on":true,"off":false},"defaultVariant":"off"}""", false)]
    [InlineData("""{"variants":{"on":true,"off":false},"defaultVariant":"on","state":"disabled"}""", false)]
    [InlineData("""{"variants":{"x":"X","none":"N"},"defaultVariant":"none","offVariant":"none"}""", false)]
    [InlineData("""{"variants":{"x":"X","none":"N"},"defaultVariant":"x","offVariant":"none"}""", true)]
    [InlineData("""{"variants":{"x":"X"},"schedule":{"start":"2030-01-01"},"defaultVariant":"x"}""", false)]
    public void A_dependency_without_variants_wants_the_other_flag_on(string other, bool isMet)
    {
        var set = SetOf("production", Flag("base", other), Flag("flag", $$"""{{{OnOff}},"dependencies":[{"flag":"base"}]}"""));
        set.Evaluate().Reason.ShouldBe(isMet ? FlagReason.Static : FlagReason.PrerequisiteFailed);
    }

    [Fact]
    public void A_segment_is_who_is_included_and_who_the_condition_is_true_of_but_not_who_is_excluded()
    {
        var set = SetOf(
            "production",
            Segment("staff", """{"included":["ada"],"excluded":["eve"],"when":{"ends_with":[{"var":"email"},"@corp.example"]}}"""),
            Flag("flag", $$"""{{{OnOff}},"rules":[{"when":{"segment":"staff"},"serve":"on"}]}"""));
        set.Evaluate(User("ada")).Variant.ShouldBe("on");
        set.Evaluate(User("bob", """{"email":"bob@corp.example"}""")).Variant.ShouldBe("on");
        set.Evaluate(User("eve", """{"email":"eve@corp.example"}""")).Variant.ShouldBe("off");
        set.Evaluate(User(null, """{"email":"x@corp.example"}""")).Variant.ShouldBe("on");
        set.Evaluate(User("bob")).Variant.ShouldBe("off");
    }

    [Fact]
    public void What_targeting_comes_to_and_is_no_variant_is_an_error_and_the_code_decides()
    {
        var set = SetOf("""{"variants":{"1":"one","x":"X"},"defaultVariant":"x","targeting":{"var":"wanted"}}""");
        set.Evaluate(User("u", """{"wanted":"x"}""")).ShouldBe("x", FlagReason.TargetingMatch);
        set.Evaluate(User("u", """{"wanted":1}""")).ShouldBe("1", FlagReason.TargetingMatch);
        set.Evaluate(User("u", """{"wanted":null}""")).ShouldBe("x", FlagReason.Default);
        set.Evaluate(User("u", """{"wanted":"y"}""")).ShouldBe(null, FlagReason.Error, FlagError.General);
        set.Evaluate(User("u", """{"wanted":{}}""")).ShouldBe(null, FlagReason.Error, FlagError.General);
    }

    [Fact]
    public void What_flagd_adds_to_the_context_is_there_by_path_whole_and_by_name()
    {
        var seconds = Now.ToUnixTimeSeconds();
        string[] expressions =
        [
            """{"cat":[{"var":"$flagd.flagKey"},"/",{"var":"$flagd.timestamp"}]}""",
            """{"cat":[{"var":{"cat":["$flagd.","flagKey"]}},"/",{"var":{"cat":["$flagd.","timestamp"]}}]}""",
        ];
        foreach (var expression in expressions)
        {
            SetOf($$"""{"variants":{"flag/{{seconds}}":1},"targeting":{{expression}}}""")
                .Evaluate(User("u", """{"$flagd":{"flagKey":"not this"}}"""))
                .ShouldBe($"flag/{seconds}", FlagReason.TargetingMatch);
        }
    }

    [Fact]
    public void Rules_that_take_too_long_are_an_error_and_end()
    {
        var items = string.Join(',', Enumerable.Repeat("1", 400));
        var set = SetOf($$"""{"variants":{"on":true},"rules":[{"when":{"all":[{"var":"list"},{"all":[{"var":""},{"some":[[{{items}}],{"==":[{"var":""},2]}]}]}]},"serve":"on"}]}""");
        var list = $"[{string.Join(',', Enumerable.Repeat($"[{items}]", 50))}]";
        // A loop in a loop in a loop ends at the first that is false; this one has something to do before.
        var result = SetOf($$"""{"variants":{"on":true},"rules":[{"when":{"some":[{"var":"list"},{"some":[{"var":""},{"some":[[{{items}}],{"==":[{"var":""},2]}]}]}]},"serve":"on"}]}""")
            .Evaluate(User("u", $$"""{"list":{{list}}}"""));
        result.ShouldBe(null, FlagReason.Error, FlagError.General);
        result.ErrorMessage!.ShouldContain("steps");
        set.Evaluate(User("u", """{"list":[]}""")).Error.ShouldBe(FlagError.None);
    }

    [Fact]
    public void A_typed_context_answers_as_a_named_one_whatever_set_it_is_given() => Seeded.Run(100, random =>
    {
        var maker = new FlagMaker(random);
        var schema = new FlagContextSchema("country", "plan", "email", "age", "version", "beta", "user");
        var ledger = Ledger.TestLedger.WithEnvironments();
        ledger.Commit(
        [
            .. Enumerable.Range(0, FlagMaker.Segments).Select(i => Segment($"segment-{i}", maker.Segment())),
            .. Enumerable.Range(0, 10).Select(i => Flag($"flag-{i}", maker.Flag(i))),
        ]);
        var source = FlagSetSource.Of(ledger.Snapshot, Namespace, "production");
        var plain = FlagSet.Compile(source);
        var withSchema = FlagSet.Compile(source with { Schema = schema });
        var typed = new TypedFlagContext(schema);
        for (var i = 0; i < 20; i++)
        {
            var json = JsonSamples.ObjectOf(maker.Context());
            var named = FlagContext.Of(json);
            typed.Clear();
            typed.TargetingKey = (json["targetingKey"] as Core.Json.JsonString)?.Value;
            foreach (var name in schema.Names)
            {
                if (json[name] is { } value)
                    typed.Set(schema[name], LogicValue.Of(value));
            }

            foreach (var key in plain.Keys)
            {
                var wanted = plain.Evaluate(key, named, Now);
                foreach (var other in (FlagResult[])[plain.Evaluate(key, typed, Now), withSchema.Evaluate(key, typed, Now), withSchema.Evaluate(key, named, Now)])
                    (other.Variant, other.Reason, other.Error).ShouldBe((wanted.Variant, wanted.Reason, wanted.Error), $"{plain.Find(key)!.Body} for {json}");
            }
        }
    });
}
