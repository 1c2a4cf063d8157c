using System.Collections.Immutable;
using Setpoint.Core.Effects;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Rollouts.TestRollouts;

namespace Setpoint.Core.Tests.Effects;

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

        HasArms("mail", "production").ShouldBeFalse();
        HasArms("mail", null).ShouldBeFalse();
        HasArms("web", "staging").ShouldBeFalse();
        HasArms("mail", "staging").ShouldBeTrue();

        bool HasArms(string ns, string? environment) =>
            ArmDifference.Between(before, _ledger.Snapshot, ns, new(environment, null), [], new EffectBudget(), TestContext.Current.CancellationToken).HasArms;
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

    [Fact]
    public void An_arm_with_the_same_changes_in_another_order_of_properties_is_not_listed()
    {
        // A default that an arm sets is no default there, and stands where the arm puts it: after the other one.
        var difference = After(
            TestLedger.Set("schema/mail", """{"schema":{"properties":{"a":{"default":1},"b":{"default":2} } } }"""),
            Everybody("pool", """{"a":1}"""));

        Text(difference.Everybody).ShouldBe("/a  -> 1, /b  -> 2");
        var arm = new ArmChoice("mail", [new("pool", "new")]);
        EffectiveConfiguration.Resolve(_ledger.Snapshot, "mail", new("production", null) { Arms = arm }).Config.Names.TakeLast(1).ShouldBe(["a"], "or this tests nothing");
        difference.Arms.ShouldBeEmpty();
        difference.LeftOut.ShouldBe(0);
    }

    [Fact]
    public void Choices_beyond_those_that_the_gate_allows_are_counted()
    {
        var arms = string.Join(',', Enumerable.Range(0, 15).Select(i => $$""" "a{{i}}":{"config":{"x":{{i}} } } """));
        var running = $$"""{"state":"running","split":{"weights":{"a0":1} },"arms":{ {{arms}} } }""";
        _ledger.Commit(Rollout("one", running));

        var difference = After(Rollout("one", running.Replace("running", "stopped", StringComparison.Ordinal)), Rollout("two", running.Replace("\"x\"", "\"y\"", StringComparison.Ordinal)));

        difference.LeftOut.ShouldBe((16 * 16) - 64);
        difference.Arms.Count(told => told.Picks.Length == 1).ShouldBe(30);
    }

    private (ImmutableArray<JsonChange> Everybody, ImmutableArray<ArmChanges> Arms, int LeftOut) After(params ReadOnlySpan<ProposedChange> changes)
    {
        var before = _ledger.Snapshot;
        _ledger.Commit([.. changes]);
        var context = new ResolveContext("production", null);
        var everybody = JsonDiff.Compare(EffectiveConfiguration.Resolve(before, "mail", context).Config, EffectiveConfiguration.Resolve(_ledger.Snapshot, "mail", context).Config);
        var difference = ArmDifference.Between(before, _ledger.Snapshot, "mail", context, everybody, new EffectBudget(), TestContext.Current.CancellationToken);
        return (everybody, difference.Arms, difference.LeftOut);
    }

    private static List<string> Shown((ImmutableArray<JsonChange> Everybody, ImmutableArray<ArmChanges> Arms, int LeftOut) difference) =>
        [.. difference.Arms.Select(told => $"{string.Join(' ', told.Picks.Select(pick => $"{pick.Rollout}={pick.Arm}"))}: {Text(told.Changes)}")];

    private static string Text(IEnumerable<JsonChange> changes) =>
        string.Join(", ", changes.Select(change => $"{change.Path} {change.From?.ToString().Trim('"')} -> {change.To?.ToString().Trim('"')}"));
}
