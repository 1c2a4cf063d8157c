using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Ledger;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Flags.TestFlags;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Flags;

public sealed class FlagdFormatTests
{
    private readonly TestLedger _ledger = TestLedger.WithEnvironments();

    [Fact]
    public void The_array_form_is_the_object_form_with_keys_inside()
    {
        const string flag = """ "state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on" """;
        Import($$"""{"flags":[{"key":"a",{{flag}}},{"key":"b",{{flag}}}]}""").ShouldBe(Import($$"""{"flags":{"a":{ {{flag}} },"b":{ {{flag}} } } }"""));
    }

    [Fact]
    public void Evaluators_are_put_where_they_are_named_also_inside_each_other()
    {
        _ledger.Commit(Import("""
            {"flags":{"flag":{"state":"ENABLED","variants":{"yes":1},"targeting":{"if":[{"$ref":"staff"},"yes"]}}},
             "$evaluators":{"staff":{"and":[{"$ref":"adult"},{"ends_with":[{"var":"email"},"@corp"]}]},"adult":{">":[{"var":"age"},17]}}}
            """));
        var set = Compile(_ledger.Snapshot);
        set.Evaluate(User("u", """{"age":18,"email":"a@corp"}""")).Variant.ShouldBe("yes");
        set.Evaluate(User("u", """{"age":17,"email":"a@corp"}""")).Variant.ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"$evaluators":{"a":{"!":{"$ref":"a"}}},"flags":{"f":{"state":"ENABLED","variants":{"x":1},"targeting":{"$ref":"a"}}}}""", "circle")]
    [InlineData("""{"flags":{"f":{"state":"ENABLED","variants":{"x":1},"targeting":{"$ref":"gone"}}}}""", "'gone'")]
    [InlineData("""{"flags":{"f":{"state":"on","variants":{"x":1}}}}""", "ENABLED")]
    [InlineData("""{"flags":{"f":{"variants":{"x":1}}}}""", "required")]
    [InlineData("""{"flags":{"f":{"state":"ENABLED","variants":{"x":1},"owner":"me"}}}""", "'owner'")]
    [InlineData("""{"flags":[{"state":"ENABLED","variants":{"x":1}}]}""", "'key'")]
    [InlineData("""{"flags":[{"key":"f","state":"ENABLED","variants":{"x":1}},{"key":"f","state":"ENABLED","variants":{"x":1}}]}""", "twice")]
    [InlineData("""{"flags":3}""", "'flags'")]
    [InlineData("{}", "'flags'")]
    public void What_is_wrong_with_the_document_is_refused(string json, string says)
    {
        var fault = FlagdFormat.Import(ObjectOf(json), Namespace, "production", keepInvalid: false).Fault.ShouldBeOfType<Fault.Invalid>();
        fault.Violations.ShouldContain(violation => violation.Message.Contains(says, StringComparison.Ordinal));
    }

    [Fact]
    public void A_bomb_of_references_is_refused_before_it_is_large()
    {
        var evaluators = string.Join(',', Enumerable.Range(0, 20).Select(i => $$""" "e{{i}}":{"and":[{{string.Join(',', Enumerable.Repeat($$"""{"$ref":"e{{i + 1}}"}""", 10))}}]} """));
        var fault = FlagdFormat.Import(
            ObjectOf($$"""{"$evaluators":{ {{evaluators}},"e20":true},"flags":{"f":{"state":"ENABLED","variants":{"x":1},"targeting":{"$ref":"e0"} } } }"""), Namespace, null, keepInvalid: true).Fault;
        fault.ShouldBeOfType<Fault.Invalid>().Violations[0].Code.ShouldBe(ViolationCode.CircularDependency);
    }

    [Fact]
    public void Invalid_flags_are_kept_on_demand_and_answer_as_flagd_would()
    {
        const string json = """
            {"flags":{
              "operator":{"state":"ENABLED","variants":{"x":1},"defaultVariant":"x","targeting":{"like":[1]}},
              "mixed":{"state":"ENABLED","variants":{"x":1,"y":"why"},"defaultVariant":"y"},
              "outcome":{"state":"ENABLED","variants":{"x":1},"defaultVariant":"x","targeting":{"if":[true,"z"]}}}}
            """;
        var strict = FlagdFormat.Import(ObjectOf(json), Namespace, "production", keepInvalid: false).Value;
        _ledger.Violations(strict).Select(violation => violation.Address!.Segments[2]).Distinct().ShouldBe(["mixed"]);

        var verdict = _ledger.Commit(FlagdFormat.Import(ObjectOf(json), Namespace, "production", keepInvalid: true).Value);
        verdict.Warnings.Select(warning => warning.Address!.Segments[2]).ShouldBe(["operator", "outcome"], ignoreOrder: true);
        var set = Compile(_ledger.Snapshot);
        set.Evaluate(key: "operator").ShouldBe(null, FlagReason.Error, FlagError.ParseError);
        set.Evaluate(key: "mixed").As(FlagType.Number).Error.ShouldBe(FlagError.TypeMismatch);
        set.Evaluate(key: "mixed").As(FlagType.String).GetString("").ShouldBe("why");
        set.Evaluate(key: "outcome").ShouldBe(null, FlagReason.Error, FlagError.General);
    }

    [Fact]
    public void Another_environment_keeps_what_it_says()
    {
        _ledger.Commit(Flag("flag", """{"owner":"ada","variants":{"x":1},"environments":{"staging":{"state":"disabled"}}}"""));
        var flags = _ledger.Snapshot.Flags();
        _ledger.Commit(FlagdFormat.Import(
            ObjectOf("""{"metadata":{"team":"shop","v":1},"flags":{"flag":{"state":"ENABLED","variants":{"x":1,"y":2},"defaultVariant":"y","metadata":{"v":2}}}}"""),
            Namespace, "production", keepInvalid: false, key => flags.Find(Namespace, key)).Value);
        Compile(_ledger.Snapshot).Evaluate().ShouldBe("y", FlagReason.Static);
        Compile(_ledger.Snapshot).Evaluate().Metadata.ShouldBe(ObjectOf("""{"team":"shop","v":2}"""));
        Compile(_ledger.Snapshot, "staging").Evaluate().Reason.ShouldBe(FlagReason.Disabled);
        _ledger.Snapshot.Flags().Find(Namespace, "flag")!.Owner.ShouldBe("ada");
    }

    private static ImmutableArray<ProposedChange> Import(string json) =>
        FlagdFormat.Import(ObjectOf(json), Namespace, "production", keepInvalid: false).Value;
}
