using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Formats;
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
        var violation = Refused(json).ShouldHaveSingleItem();
        violation.Message.ShouldContain(says);
    }

    [Fact]
    public void A_bomb_of_references_is_refused_before_it_is_large()
    {
        var evaluators = string.Join(',', Enumerable.Range(0, 20).Select(i => $$""" "e{{i}}":{"and":[{{string.Join(',', Enumerable.Repeat($$"""{"$ref":"e{{i + 1}}"}""", 10))}}]} """));
        var read = FlagdFormat.Import(
            ObjectOf($$"""{"$evaluators":{ {{evaluators}},"e20":true},"flags":{"f":{"state":"ENABLED","variants":{"x":1},"targeting":{"$ref":"e0"} } } }"""), Namespace, null, keepInvalid: true);
        read.Violations.ShouldHaveSingleItem().Code.ShouldBe(ViolationCode.CircularDependency);
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
        var strict = FlagdFormat.Import(ObjectOf(json), Namespace, "production", keepInvalid: false).Changes;
        _ledger.Violations(strict).Select(violation => violation.Address!.Segments[2]).Distinct().ShouldBe(["mixed", "operator", "outcome"]);

        var verdict = _ledger.Commit(FlagdFormat.Import(ObjectOf(json), Namespace, "production", keepInvalid: true).Changes);
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
            Namespace, "production", keepInvalid: false, key => flags.Find(Namespace, key)).Changes);
        Compile(_ledger.Snapshot).Evaluate().ShouldBe("y", FlagReason.Static);
        Compile(_ledger.Snapshot).Evaluate().Metadata.ShouldBe(ObjectOf("""{"team":"shop","v":2}"""));
        Compile(_ledger.Snapshot, "staging").Evaluate().Reason.ShouldBe(FlagReason.Disabled);
        _ledger.Snapshot.Flags().Find(Namespace, "flag")!.Owner.ShouldBe("ada");
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once_and_nothing_that_follows_from_it()
    {
        const string json = """
            {"$evaluators":{"staff":{"==":[{"var":"team"},"staff"]}},
             "flags":{
              "stateless":{"variants":{"x":1},"targeting":{"if":[{"like":[1]},"x"]}},
              "referring":{"state":"ENABLED","variants":{"x":1},"targeting":{"if":[{"and":[{"$ref":"nobody"},{"$ref":"staff"},{"rubbish":[]}]},"x","z"]}},
              "mixed":{"state":"ENABLED","variants":{"x":1,"y":"why"},"defaultVariant":"q"},
              "empty":{"state":"ENABLED","defaultVariant":"x","targeting":{"if":[true,"x"]}},
              "none":7,
              "good":{"state":"ENABLED","variants":{"x":1}}}}
            """;
        const string settings = "/environments/production";

        Refused(json).Select(violation => (violation.Address?.Segments[2], violation.Path)).ShouldBe(
        [
            (null, "/flags/stateless/state"),
            (null, "/flags/referring/targeting/if/0/and/0"),
            (null, "/flags/none"),
            ("mixed", "/variants/y"),
            ("mixed", settings + "/defaultVariant"),
            ("empty", "/variants"),
            ("stateless", settings + "/targeting/if/0/like"),
            ("referring", settings + "/targeting/if/0/and/2/rubbish"),
        ], ignoreOrder: true);
        _ledger.Snapshot.Flags().In(Namespace).Flags.ShouldBeEmpty();
    }

    [Fact]
    public void A_flag_that_others_depend_on_is_not_called_unknown_where_it_cannot_be_read()
    {
        _ledger.Commit(Flag("parent", """{"variants":{"on":true}}"""), Flag("child", """{"variants":{"on":true},"dependencies":[{"flag":"parent","variants":["on"]}]}"""));

        Refused("""{"flags":{"parent":[]}}""").ShouldHaveSingleItem().Path.ShouldBe("/flags/parent");
        Refused("""{"flags":{"parent":{"state":"ENABLED","variants":{"on":[]},"defaultVariant":"on"}}}""").ShouldHaveSingleItem().Path.ShouldBe("/variants/on");
        _ledger.Snapshot.Flags().Find(Namespace, "parent")!.Version.ShouldBe(_ledger.Snapshot.Revision);
    }

    /// <summary>What an import answers.</summary>
    private ImmutableArray<Violation> Refused(string json)
    {
        var before = _ledger.Snapshot;
        var flags = before.Flags();
        var proposal = new Proposal("tester", "", [], plan =>
        {
            var read = FlagdFormat.Import(ObjectOf(json), Namespace, "production", keepInvalid: false, key => flags.Find(Namespace, key));
            plan.Refuse(read.Violations, read.Unread);
            return read.Changes;
        });
        return Gate.Judge(before, proposal, _ledger.Now).Fault.ShouldBeOfType<Fault.Invalid>().Violations;
    }

    private static ImmutableArray<ProposedChange> Import(string json) =>
        FlagdFormat.Import(ObjectOf(json), Namespace, "production", keepInvalid: false).Changes;
}
