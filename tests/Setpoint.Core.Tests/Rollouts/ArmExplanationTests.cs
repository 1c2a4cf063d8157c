using Setpoint.Core.Json;
using Setpoint.Core.Rollouts;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Rollouts.TestRollouts;

namespace Setpoint.Core.Tests.Rollouts;

public sealed class ArmExplanationTests
{
    private const string Arms = """ "split":{"percentage":60,"weights":{"a":1,"b":2}},"arms":{"a":{"config":{"port":1}},"b":{"config":{"port":2}}} """;

    [Theory]
    [InlineData("")]
    [InlineData(""" "when":{"==":[{"var":"country"},"DE"]}, """)]
    [InlineData(""" "when":{"segment":"beta"}, """)]
    public void It_comes_to_the_arm_that_is_given_for_everybody(string when)
    {
        var ledger = LedgerOf($$"""{"state":"running",{{when}}{{Arms}}}""");
        var rollout = ledger.Snapshot.Rollouts().Find(Namespace, "pool")!;
        var reasons = new HashSet<ArmReason>();
        for (var i = 0; i < 500; i++)
        {
            var context = User(i % 10 == 8 ? null : $"user-{i}", $$"""{"country":"{{(i % 2 == 0 ? "DE" : "FR")}}"}""");
            var explained = ArmExplanation.Of(ledger.Snapshot, rollout, "production", context);

            explained.Arm.ShouldBe(ledger.Snapshot.ArmOf("pool", context));
            (explained.Reason == ArmReason.InArm).ShouldBe(explained.Arm is not null);
            reasons.Add(explained.Reason);
        }

        reasons.ShouldBe(when.Length == 0
            ? [ArmReason.InArm, ArmReason.Percentage, ArmReason.NothingToHash]
            : [ArmReason.InArm, ArmReason.Percentage, ArmReason.NothingToHash, ArmReason.Condition], ignoreOrder: true);
    }

    [Fact]
    public void A_condition_shows_what_it_read_and_a_split_where_the_hash_fell()
    {
        var ledger = LedgerOf($$"""{"state":"running","when":{"==":[{"var":"country"},"DE"]},{{Arms}}}""");
        var rollout = ledger.Snapshot.Rollouts().Find(Namespace, "pool")!;

        var refused = ArmExplanation.Of(ledger.Snapshot, rollout, "production", User("ann", """{"country":"FR"}"""));
        refused.Reason.ShouldBe(ArmReason.Condition);
        refused.When.ShouldNotBeNull().Inputs.ShouldBe([new("country", new JsonString("FR"))]);
        refused.Split.ShouldBeNull("it was not reached");

        var drawn = ArmExplanation.Of(ledger.Snapshot, rollout, "production", User("ann", """{"country":"DE"}""")).Split.ShouldNotBeNull();
        (drawn.Rollout!.Number < 60_000).ShouldBe(drawn.IsIn);
        drawn.Bucket!.Total.ShouldBe(3);
    }

    [Fact]
    public void A_rollout_that_is_stopped_or_elsewhere_gives_no_arm_and_says_what_it_would_come_to()
    {
        const string all = """ "split":{"weights":{"a":1}},"arms":{"a":{"config":{"port":1}}} """;
        var ledger = LedgerOf($$"""{"state":"stopped",{{all}}}""");
        ledger.Commit(Rollout("elsewhere", $$"""{"state":"running","environments":["staging"],{{all}}}"""));

        foreach (var (id, reason) in new[] { ("pool", ArmReason.Stopped), ("elsewhere", ArmReason.OtherEnvironment) })
        {
            var explained = ArmExplanation.Of(ledger.Snapshot, ledger.Snapshot.Rollouts().Find(Namespace, id)!, "production", User("ann"));
            (explained.Reason, explained.Arm, explained.Split?.Variant).ShouldBe((reason, null, "a"));
            ledger.Snapshot.ArmOf(id, User("ann")).ShouldBeNull();
        }

        ArmExplanation.Of(ledger.Snapshot, ledger.Snapshot.Rollouts().Find(Namespace, "elsewhere")!, "staging", User("ann")).Arm.ShouldBe("a");
        ArmExplanation.Of(ledger.Snapshot, ledger.Snapshot.Rollouts().Find(Namespace, "elsewhere")!, null, User("ann")).Reason.ShouldBe(ArmReason.NoEnvironment);
    }

    private static TestLedger LedgerOf(string rollout)
    {
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit(
            TestLedger.Set("config/mail/base", """{"port":25}"""),
            TestLedger.Set("segment/mail/beta", """{"included":["user-1"],"when":{"==":[{"var":"country"},"DE"]}}"""));
        ledger.Commit(Rollout("pool", rollout));
        return ledger;
    }
}
