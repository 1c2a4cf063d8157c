using Setpoint.Core.Layers;
using Setpoint.Core.Rollouts;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Ledger.TestLedger;
using static Setpoint.Core.Tests.Rollouts.TestRollouts;

namespace Setpoint.Core.Tests.Rollouts;

/// <summary>What an arm does to an effective configuration.</summary>
public sealed class RolloutResolveTests
{
    private readonly TestLedger _ledger = WithEnvironments();

    [Fact]
    public void An_arm_lies_above_the_environments_and_below_user_and_runtime()
    {
        _ledger.Commit(
            Set("config/mail/base", """{"a":"base","b":"base","c":"base","d":"base"}"""),
            Set("config/mail/env/production", """{"b":"env"}"""),
            Set("config/mail/user/ann", """{"c":"user"}"""),
            Set("config/mail/runtime/production", """{"expiresAt":"2026-11-21T00:00:00Z","config":{"d":"runtime"}}"""),
            Everybody("pool", """{"b":"arm","c":"arm","d":"arm"}"""));

        var effective = _ledger.Snapshot.ResolveFor(User("ann"), user: "ann");

        effective.Config.ToString().ShouldBe("""{"a":"base","b":"arm","c":"user","d":"runtime"}""");
        effective.Stack.Layers.Select(layer => layer.Document.Address.Text).ShouldBe(
            ["config/mail/base", "config/mail/env/production", "rollout/mail/pool", "config/mail/user/ann", "config/mail/runtime/production"]);
        effective.Stack.Layers.Select(layer => layer.Rank).ShouldBeInOrder();
        var leaf = Provenance.Explain(effective).Single(one => one.Path == "/b");
        (leaf.Winner.Document.Address.Text, leaf.Winner.Rank, leaf.Winner.Arm!.Name).ShouldBe(("rollout/mail/pool", LayerRank.Rollout, "new"));
        leaf.Shadowed.Select(one => one.Layer.Document.Address.Text).ShouldBe(["config/mail/env/production", "config/mail/base"]);
    }

    [Fact]
    public void Unset_in_an_arm_removes_and_an_empty_arm_changes_nothing()
    {
        _ledger.Commit(
            Set("config/mail/base", """{"pool":{"size":4,"idle":1},"host":"h"}"""),
            Everybody("pool", """{"pool":{"idle":{"$unset":true}}}"""));
        _ledger.Snapshot.ResolveFor(User("ann")).Config.ToString().ShouldBe("""{"pool":{"size":4},"host":"h"}""");

        _ledger.Commit(Everybody("pool", "{}"));

        var (with, without) = (_ledger.Snapshot.ResolveFor(User("ann")), _ledger.Snapshot.ResolveFor(User(null)));
        with.Context.Arms.ShouldNotBeNull();
        with.Fingerprint.ShouldBe(without.Fingerprint);
        with.Version.ShouldBe(without.Version);
    }

    [Fact]
    public void Arms_of_several_rollouts_come_together()
    {
        _ledger.Commit(Set("config/mail/base", """{"pool":{"size":4}}"""), Everybody("z-first", """{"pool":{"idle":2}}"""), Everybody("a-second", """{"pool":{"size":8}}"""));

        var effective = _ledger.Snapshot.ResolveFor(User("ann"));

        effective.Config.ToString().ShouldBe("""{"pool":{"size":8,"idle":2}}""");
        effective.Stack.Layers.Where(layer => layer.Arm is not null).Select(layer => layer.Document.Address.Text).ShouldBe(["rollout/mail/a-second", "rollout/mail/z-first"]);
    }

    [Fact]
    public void A_rollout_reaches_its_own_namespace_and_nobody_who_includes_or_refers_to_it()
    {
        _ledger.Commit(
            Set("config/mail/base", """{"port":25,"again":"${config:port}"}"""),
            Set("config/app/base", """{"mail":"${config:mail/port}"}"""),
            Set("namespace/desk", """{"includes":["mail"]}"""),
            Everybody("pool", """{"port":26}"""));

        _ledger.Snapshot.ResolveFor(User("ann")).Config.ToString().ShouldBe("""{"port":26,"again":26}""");
        foreach (var (ns, expected) in new[] { ("app", """{"mail":25}"""), ("desk", """{"port":25,"again":25}""") })
        {
            EffectiveConfiguration.Resolve(_ledger.Snapshot, ns, new("production", "ann")).Config.ToString().ShouldBe(expected);
            ArmSet.Of(_ledger.Snapshot, ns, "production").ShouldBeNull();
        }
    }

    [Fact]
    public void The_version_moves_for_everybody_with_whatever_decides_who_is_in_an_arm()
    {
        _ledger.Commit(Set("config/mail/base", """{"port":25}"""), Set("config/chat/base", "{}"));
        var context = new ResolveContext("production", null);
        long Version(string ns = "mail") => EffectiveConfiguration.Resolve(_ledger.Snapshot, ns, context).Version;
        var before = Version();
        var chat = Version("chat");

        _ledger.Commit(Set("segment/global/staff", """{"included":["eve"]}"""));
        Version().ShouldBe(before, "no rollout names it");
        _ledger.Commit(Rollout("pool", """{"state":"running","when":{"segment":"staff"},"split":{"weights":{"new":1}},"arms":{"new":{"config":{"port":26}}}}"""));
        Version().ShouldBe(_ledger.Snapshot.Revision);
        _ledger.Commit(Set("segment/global/staff", """{"included":["bob"]}"""));
        Version().ShouldBe(_ledger.Snapshot.Revision);
        _ledger.Commit(Remove("rollout/mail/pool"));
        Version().ShouldBe(_ledger.Snapshot.Revision, "who was in the arm must learn that it is gone");
        Version("chat").ShouldBe(chat);
    }

    [Fact]
    public void An_effective_configuration_of_an_arm_holds_until_the_arm_changes()
    {
        _ledger.Commit(Set("config/mail/base", """{"port":25}"""), Everybody("pool", """{"port":26}"""));
        var effective = _ledger.Snapshot.ResolveFor(User("ann"));

        _ledger.Commit(Set("config/chat/base", "{}"));
        effective.HoldsAt(_ledger.Snapshot).ShouldBeTrue();
        _ledger.Commit(Everybody("pool", """{"port":27}"""));

        effective.HoldsAt(_ledger.Snapshot).ShouldBeFalse();
        _ledger.Snapshot.ResolveFor(User("ann")).Config.ToString().ShouldBe("""{"port":27}""");
    }
}
