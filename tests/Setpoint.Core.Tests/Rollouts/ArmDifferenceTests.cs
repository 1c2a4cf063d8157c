using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Rollouts.TestRollouts;

namespace Setpoint.Core.Tests.Rollouts;

public sealed class ArmDifferenceTests
{
    private readonly TestLedger _ledger = TestLedger.WithEnvironments();

    public ArmDifferenceTests() => _ledger.Commit(TestLedger.Set("config/mail/base", """{"port":25,"host":"mx","pool":{"size":8}}"""));

    [Fact]
    public void A_rollout_that_starts_changes_its_arms_and_nobody_else()
    {
        var difference = After(Rollout("pool", """
            {"state":"running","split":{"weights":{"control":1,"large":1,"small":1}},
             "arms":{"control":{"config":{}},"large":{"config":{"pool":{"size":16}}},"small":{"config":{"pool":{"size":4},"port":26}}}}
            """));

        difference.Everybody.ShouldBeEmpty();
        Shown(difference).ShouldBe(["pool=large: /pool/size 8 -> 16", "pool=small: /port 25 -> 26, /pool/size 8 -> 4"]);
    }

    [Fact]
    public void A_rollout_that_stops_brings_the_base_back()
    {
        _ledger.Commit(Everybody("pool", """{"port":26}"""));
        var difference = After(Rollout("pool", """{"state":"stopped","split":{"weights":{"new":1}},"arms":{"new":{"config":{"port":26}}}}"""));
        Shown(difference).ShouldBe(["pool=new: /port 26 -> 25"]);
        After(TestLedger.Remove("rollout/mail/pool")).Arms.ShouldBeEmpty("it was stopped already");
    }

    [Fact]
    public void An_arm_hides_what_changes_below_it_and_one_that_hides_nothing_is_not_listed()
    {
        _ledger.Commit(Everybody("pool", """{"port":26}"""), Everybody("other", """{"extra":1}"""));
        var difference = After(TestLedger.Set("config/mail/base", """{"port":27,"host":"mx2","pool":{"size":8}}"""));
        Text(difference.Everybody).ShouldBe("/port 25 -> 27, /host mx -> mx2");
        Shown(difference).ShouldBe(["pool=new: /host mx -> mx2"]);
    }

    [Fact]
    public void Arms_together_are_listed_only_where_they_change_what_none_changes_with_fewer()
    {
        _ledger.Commit(Everybody("a", """{"port":26}"""), Everybody("b", """{"greeting":"${config:host}:${config:port}"}"""));
        var difference = After(Everybody("a", """{"port":28}"""));
        // Who is in b alone sees no change; who is in both sees one that neither arm makes.
        Shown(difference).ShouldBe(["a=new: /port 26 -> 28", "a=new b=new: /port 26 -> 28, /greeting mx:26 -> mx:28"]);
    }

    [Fact]
    public void Other_environments_namespaces_and_base_layers_have_no_arms()
    {
        _ledger.Commit(Everybody("pool", """{"port":26}""", """["staging"]"""), TestLedger.Set("config/web/base", """{"a":1}"""));
        var before = _ledger.Snapshot;
        _ledger.Commit(TestLedger.Set("config/mail/base", """{"port":27}"""), TestLedger.Set("config/web/base", """{"a":2}"""));

        ArmDifference.Between(before, _ledger.Snapshot, "mail", new("production", null)).HasArms.ShouldBeFalse();
        ArmDifference.Between(before, _ledger.Snapshot, "mail", new(null, null)).HasArms.ShouldBeFalse();
        ArmDifference.Between(before, _ledger.Snapshot, "web", new("staging", null)).HasArms.ShouldBeFalse();
        ArmDifference.Between(before, _ledger.Snapshot, "mail", new("staging", null)).HasArms.ShouldBeTrue();
    }

    [Fact]
    public void There_are_never_more_than_the_gate_allows_together_and_single_arms_come_first()
    {
        var arms = string.Join(',', Enumerable.Range(0, 15).Select(i => $$"""  "a{{i}}":{"config":{"x":{{i}} } } """));
        var more = string.Join(',', Enumerable.Range(0, 3).Select(i => $$"""  "b{{i}}":{"config":{"y":"${config:x}-{{i}}" } } """));
        _ledger.Commit(TestLedger.Set("config/mail/base", """{"x":-1}"""));
        _ledger.Commit(Rollout("one", $$"""{"state":"running","split":{"weights":{"a0":1} },"arms":{ {{arms}} } }"""));
        // One stops as the other starts: more choices than there are on either side.
        var difference = After(
            Rollout("one", $$"""{"state":"stopped","split":{"weights":{"a0":1} },"arms":{ {{arms}} } }"""),
            Rollout("two", $$"""{"state":"running","split":{"weights":{"b0":1} },"arms":{ {{more}} } }"""));
        difference.Arms.Length.ShouldBeInRange(18, 64);
        difference.Arms.Take(18).ShouldAllBe(told => told.Picks.Length == 1);
    }

    private ArmDifference After(params ReadOnlySpan<ProposedChange> changes)
    {
        var before = _ledger.Snapshot;
        _ledger.Commit([.. changes]);
        return ArmDifference.Between(before, _ledger.Snapshot, "mail", new ResolveContext("production", null));
    }

    private static List<string> Shown(ArmDifference difference) =>
        [.. difference.Arms.Select(told => $"{string.Join(' ', told.Picks.Select(pick => $"{pick.Rollout}={pick.Arm}"))}: {Text(told.Changes)}")];

    private static string Text(IEnumerable<JsonChange> changes) =>
        string.Join(", ", changes.Select(change => $"{change.Path} {change.From?.ToString().Trim('"')} -> {change.To?.ToString().Trim('"')}"));
}
