using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Evaluation;
using Setpoint.Core.Flags.Explaining;
using Setpoint.Core.Flags.Formats;
using Setpoint.Core.Json;
using Setpoint.Core.Tests.Json;
using Setpoint.Core.Tests.Ledger;
using Setpoint.TestKit;
using static Setpoint.Core.Tests.Flags.TestFlags;

namespace Setpoint.Core.Tests.Flags;

public sealed class FlagExplainTests
{
    [Fact]
    public void Each_rule_says_what_it_saw_and_why_it_did_or_did_not_match()
    {
        var set = SetOf("""
            {"variants":{"on":true,"off":false},"defaultVariant":"off","rules":[
              {"name":"staff","when":{"and":[{"==":[{"var":"team"},"core"]},{">=":[{"var":"age"},18]}]},"serve":"on"},
              {"name":"some","when":{"var":"beta"},"serve":{"split":{"percentage":50,"weights":{"on":1}}}},
              {"name":"never","when":true,"serve":"on"}]}
            """);
        var explained = set.Explain("flag", User("u1", """{"team":"web","age":20,"beta":true}"""), Now).ShouldNotBeNull();
        explained.Rules.Select(rule => (rule.Name, rule.IsReached, rule.IsMatch)).ShouldBe([("staff", true, false), ("some", true, true), ("never", false, false)]);
        // The second part of the first rule was not looked at: the first had settled it.
        var seen = explained.Rules[0].When.ShouldNotBeNull().Parts.ShouldHaveSingleItem();
        seen.Result.ShouldBe(JsonBoolean.False);
        seen.Inputs.ShouldBe([new("team", new JsonString("web"))]);
        var split = explained.Rules[1].Split.ShouldNotBeNull();
        (split.By, split.Value, split.Percentage).ShouldBe(("targetingKey", new JsonString("u1"), 50m));
        split.Rollout.ShouldNotBeNull().Number.ShouldBe((long)(((ulong)Murmur3.Of("rollout:flagu1") * 100_000) >> 32));
        split.IsIn.ShouldBe(split.Rollout.Number < 50_000);
        explained.Rules[2].When.ShouldBeNull();
    }

    [Fact]
    public void A_dependency_that_is_not_met_ends_the_explanation_and_fractional_shows_its_bucket()
    {
        var set = SetOf(
            "production",
            Flag("base", """{"variants":{"a":"A","b":"B"},"defaultVariant":"b","targeting":{"if":[{"var":"x"},"a",{"fractional":[["b",1],["b",3]]}]}}"""),
            Flag("flag", """{"variants":{"on":true},"dependencies":[{"flag":"base","variants":["a"]}],"rules":[{"when":true,"serve":"on"}]}"""));
        var explained = set.Explain("flag", User("u1"), Now)!;
        explained.Dependencies.ShouldHaveSingleItem().ShouldBe(new DependencyTrace("base", explained.Dependencies[0].Wanted, "b", FlagReason.TargetingMatch, IsMet: false));
        explained.Rules.ShouldBeEmpty();
        var fractional = set.Explain("base", User("u1"), Now)!.Targeting!.Parts[^1];
        fractional.Bucket.ShouldBe(new BucketTrace((long)(((ulong)Murmur3.Of("baseu1") * 4) >> 32), 4));
        set.Explain("none", User("u1"), Now).ShouldBeNull();
    }

    [Fact]
    public void An_explanation_agrees_with_the_evaluation() => Seeded.Run(100, random =>
    {
        var maker = new FlagMaker(random);
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit(
        [
            .. Enumerable.Range(0, FlagMaker.Segments).Select(i => Segment($"segment-{i}", maker.Segment())),
            .. Enumerable.Range(0, 10).Select(i => Flag($"flag-{i}", maker.Flag(i))),
            .. FlagdFormat.Import(
                JsonSamples.ObjectOf($"{{\"flags\":{{{string.Join(',', Enumerable.Range(0, 10).Select(i => $"\"flagd-{i}\":{maker.FlagdFlag()}"))}}}}}"),
                Namespace, "production", keepInvalid: false).Changes,
        ]);
        var set = Compile(ledger.Snapshot);
        for (var i = 0; i < 10; i++)
        {
            var context = FlagContext.Of(JsonSamples.ObjectOf(maker.Context()));
            foreach (var key in set.Keys)
            {
                var result = set.Evaluate(key, context, Now);
                var explained = set.Explain(key, context, Now)!;
                (explained.Result.Variant, explained.Result.Reason).ShouldBe((result.Variant, result.Reason));
                Told(explained, set.StateAt(key, Now)!.DefaultVariant, set.Find(key)!.OffVariant).ShouldBe((result.Variant, result.Reason == FlagReason.Error), $"{set.Find(key)!.Body}");
                foreach (var rule in explained.Rules.Where(rule => rule.IsReached))
                    Core.Rules.LogicValue.Of(rule.When!.Result).IsTruthy.ShouldBe(rule.IsMatch);
            }
        }
    });

    /// <summary>What someone would conclude who reads the explanation alone.</summary>
    private static (string? Variant, bool IsError) Told(FlagExplanation explained, string? defaultVariant, string? offVariant)
    {
        if (!explained.IsEnabled)
            return (null, false);
        if (explained.Dependencies.Any(dependency => !dependency.IsMet))
            return (offVariant, false);
        if (explained.Targeting is { } targeting)
        {
            return targeting.Result switch
            {
                JsonNull => (defaultVariant, false),
                JsonBoolean truth => (truth.Value ? "true" : "false", false),
                JsonString { Value: "a" or "b" or "c" } name => (name.Value, false),
                _ => (null, true),
            };
        }

        var match = explained.Rules.FirstOrDefault(rule => rule.IsMatch);
        if (match?.Variant is { } variant)
            return (variant, false);
        if ((match is null ? explained.Split : match.Split) is not { } split)
            return (defaultVariant, false);
        // With nothing to hash, only a split of one outcome has an answer.
        if (split.Value is null && split.Variant is null && split.Percentage > 0)
            return (null, true);
        return (split.IsIn ? split.Variant : defaultVariant, false);
    }
}
