using Setpoint.Core.Flags;
using Setpoint.Core.Rollouts;
using Setpoint.Core.Tests.Flags;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Ledger.TestLedger;
using static Setpoint.Core.Tests.Rollouts.TestRollouts;

namespace Setpoint.Core.Tests.Rollouts;

/// <summary>Who gets which arm.</summary>
public sealed class ArmChoiceTests
{
    private const string Halves = """{"weights":{"control":50,"treatment":50}}""";
    private const string Arms = """{"control":{"config":{}},"treatment":{"config":{"port":26}}}""";

    private readonly TestLedger _ledger = WithEnvironments();

    public ArmChoiceTests() => _ledger.Commit(Set("config/mail/base", """{"port":25}"""));

    [Fact]
    public void A_rollout_puts_everybody_into_the_arm_into_which_a_flag_of_the_same_split_puts_them()
    {
        const string split = """{"salt":"s","percentage":40,"weights":{"control":30,"treatment":70}}""";
        _ledger.Commit(Rollout("pool", $$"""{"state":"running","split":{{split}},"arms":{{Arms}}}"""));
        var flags = TestFlags.SetOf($$"""{"variants":{"control":false,"treatment":true},"split":{{split}}}""");

        var served = Users(2000).Select(user => (Arm: _ledger.Snapshot.ArmOf("pool", User(user)), flags.Evaluate(User(user)).Variant)).ToList();

        served.ShouldAllBe(one => one.Arm == one.Variant);
        served.Select(one => one.Arm).Distinct().Count().ShouldBe(3, "control, treatment and none");
    }

    [Fact]
    public void Without_a_salt_the_id_is_the_salt_so_that_rollouts_draw_independently()
    {
        _ledger.Commit(
            Rollout("one", $$"""{"state":"running","split":{{Halves}},"arms":{{Arms}}}"""),
            Rollout("two", $$$$$"""{"state":"running","split":{{{{{Halves}}}}},"arms":{"control":{"config":{}},"treatment":{"config":{"host":"h"}}}}"""));

        var both = Users(2000).Count(user => _ledger.Snapshot.Choose(User(user))!.Picks.All(pick => pick.Arm == "treatment"));

        ((double)both / 2000).ShouldBe(0.25, 0.04);
    }

    [Fact]
    public void Growing_the_percentage_adds_users_and_moves_nobody_to_another_arm()
    {
        var before = new Dictionary<string, string>();
        foreach (var percentage in (int[])[0, 5, 30, 100])
        {
            _ledger.Commit(Rollout("pool", $$$"""{"state":"running","split":{"percentage":{{{percentage}}},"weights":{"control":50,"treatment":50}},"arms":{{{Arms}}}}"""));
            var now = Users(1000).Select(user => (user, Arm: _ledger.Snapshot.ArmOf("pool", User(user)))).Where(one => one.Arm is not null).ToDictionary(one => one.user, one => one.Arm!);

            before.ShouldAllBe(one => now[one.Key] == one.Value);
            ((double)now.Count / 1000).ShouldBe(percentage / 100.0, 0.05);
            before = now;
        }
    }

    [Fact]
    public void Nobody_without_a_targeting_key_has_an_arm_also_where_all_others_have_the_same()
    {
        _ledger.Commit(Everybody("pool", """{"port":26}"""));

        _ledger.Snapshot.ArmOf("pool", User("ann")).ShouldBe("new");
        _ledger.Snapshot.Choose(FlagContext.Empty).ShouldBeNull();
        _ledger.Snapshot.Choose(User("")).ShouldBeNull();
        _ledger.Snapshot.Choose(User(null, """{"country":"DE"}""")).ShouldBeNull();
    }

    [Fact]
    public void The_attribute_of_by_is_hashed_in_the_place_of_the_targeting_key()
    {
        _ledger.Commit(Rollout("pool", $$$"""{"state":"running","split":{"by":"account","weights":{"control":50,"treatment":50}},"arms":{{{Arms}}}}"""));

        var arms = Users(100).Select(user => _ledger.Snapshot.ArmOf("pool", User(user, """{"account":"acme"}"""))).Distinct().ToList();

        arms.Count.ShouldBe(1, "one account has one arm");
        arms[0].ShouldNotBeNull();
        _ledger.Snapshot.Choose(User("ann")).ShouldBeNull("there is nothing to hash");
    }

    [Fact]
    public void Who_does_not_meet_the_condition_has_no_arm()
    {
        _ledger.Commit(
            Set("segment/mail/staff", """{"included":["eve"],"when":{"ends_with":[{"var":"email"},"@example.org"]}}"""),
            Rollout("pool", $$$"""{"state":"running","when":{"or":[{"==":[{"var":"country"},"DE"]},{"segment":"staff"}]},"split":{"weights":{"treatment":1}},"arms":{{{Arms}}}}"""));

        _ledger.Snapshot.ArmOf("pool", User("ann", """{"country":"DE"}""")).ShouldBe("treatment");
        _ledger.Snapshot.ArmOf("pool", User("eve")).ShouldBe("treatment");
        _ledger.Snapshot.ArmOf("pool", User("bob", """{"email":"bob@example.org"}""")).ShouldBe("treatment");
        _ledger.Snapshot.ArmOf("pool", User("bob", """{"country":"FR"}""")).ShouldBeNull();
    }

    [Fact]
    public void A_rollout_applies_in_its_environments_and_below_them()
    {
        _ledger.Commit(Everybody("pool", """{"port":26}""", """["production"]"""));

        _ledger.Snapshot.ArmOf("pool", User("ann")).ShouldBe("new");
        _ledger.Snapshot.ArmOf("pool", User("ann"), "production-eu").ShouldBe("new");
        _ledger.Snapshot.ArmOf("pool", User("ann"), "staging").ShouldBeNull();
    }

    [Fact]
    public void A_rollout_that_is_stopped_or_removed_has_nobody()
    {
        _ledger.Commit(Everybody("pool", """{"port":26}"""));
        _ledger.Commit(Rollout("pool", """{"state":"stopped","split":{"weights":{"new":1}},"arms":{"new":{"config":{"port":26}}}}"""));
        _ledger.Snapshot.Choose(User("ann")).ShouldBeNull();

        _ledger.Commit(Everybody("pool", """{"port":26}"""));
        _ledger.Snapshot.ArmOf("pool", User("ann")).ShouldBe("new");
        _ledger.Commit(Remove("rollout/mail/pool"));

        _ledger.Snapshot.Choose(User("ann")).ShouldBeNull();
        _ledger.Snapshot.Rollouts().Find("mail", "pool").ShouldBeNull();
    }

    [Fact]
    public void Equal_choices_are_one_instance_so_that_ten_thousand_users_make_two()
    {
        _ledger.Commit(Rollout("pool", $$"""{"state":"running","split":{{Halves}},"arms":{{Arms}}}"""));
        var set = ArmSet.Of(_ledger.Snapshot, "mail", "production")!;

        Users(10_000).Select(user => set.Choose(User(user))).Distinct(ReferenceEqualityComparer.Instance).Count().ShouldBe(2);
        set.HoldsAt(_ledger.Snapshot).ShouldBeTrue();
        _ledger.Commit(Set("config/mail/base", """{"port":27}"""));
        set.HoldsAt(_ledger.Snapshot).ShouldBeTrue("a configuration decides nothing");
        _ledger.Commit(Set("segment/mail/staff", """{"included":["eve"]}"""));
        set.HoldsAt(_ledger.Snapshot).ShouldBeFalse();
    }

    private static IEnumerable<string> Users(int count) => Enumerable.Range(0, count).Select(i => $"user-{i}");
}
