using Setpoint.Core.Effects;
using Setpoint.Core.Ledger;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Rollouts.TestRollouts;

namespace Setpoint.Core.Tests.Effects;

/// <summary>Where effects are looked for, and what is found there.</summary>
public sealed class EffectSearchTests
{
    private readonly TestLedger _ledger = TestLedger.WithEnvironments();
    private readonly EffectBudget _budget = new();

    public EffectSearchTests() => _ledger.Commit(
        TestLedger.Set("config/mail/base", """{"port":25,"host":"mx"}"""), TestLedger.Set("config/mail/env/staging", """{"host":"local"}"""));

    [Fact]
    public void Nothing_is_compared_where_a_change_does_not_reach()
    {
        After(TestLedger.Set("config/mail/env/staging", """{"host":"local","debug":true}""")).ShouldBe(["mail staging: /debug"]);
        _budget.Comparisons.ShouldBe(1);
    }

    [Fact]
    public void Nothing_is_compared_where_a_change_reaches_and_the_layers_are_the_same()
    {
        _ledger.Commit(Everybody("pool", """{"port":26}"""));
        After(TestLedger.Set("namespace/mail", """{"kind":"service","description":"Sends mail."}"""), Everybody("pool", """{"port":27}""", """["staging"]"""))
            .ShouldBe(["mail production pool=new: /port", "mail production-eu pool=new: /port", "mail staging pool=new: /port"]);
        _budget.Comparisons.ShouldBe(2, "an arm that ends in two environments with the same layers, and one that changes; nobody else");
    }

    [Fact]
    public void Environments_with_the_same_layers_are_compared_once()
    {
        After(TestLedger.Set("config/mail/base", """{"port":26,"host":"mx"}"""))
            .ShouldBe(["mail : /port", "mail production: /port", "mail production-eu: /port", "mail staging: /port"]);
        _budget.Comparisons.ShouldBe(2, "staging has a layer of its own; the others have the base alone");
    }

    [Fact]
    public void Arms_that_a_change_does_not_reach_are_not_compared_although_they_refer_to_something()
    {
        _ledger.Commit(Everybody("pool", """{"url":"smtp://${config:host}"}"""));
        After(TestLedger.Set("config/mail/env/staging", """{"host":"elsewhere"}""")).ShouldBe(["mail staging: /host", "mail staging pool=new: /host /url"]);
        _budget.Comparisons.ShouldBe(2);
    }

    [Fact]
    public void A_change_that_changes_nothing_has_no_effect_and_costs_nothing()
    {
        _ledger.Commit(Everybody("pool", """{"url":"smtp://${config:host}"}"""));
        var effect = EffectSearch.On("mail", _ledger.Snapshot, _ledger.Snapshot, [Address.Parse("config/mail/base")], _budget, TestContext.Current.CancellationToken);
        (effect.IsEmpty, effect.HasArms, _budget.Comparisons).ShouldBe((true, true, 0));
    }

    [Fact]
    public void The_parent_of_an_environment_has_an_effect_on_every_namespace_below_it()
    {
        _ledger.Commit(TestLedger.Set("config/mail/env/production", """{"port":587}"""), TestLedger.Set("config/web/env/production", """{"a":1}"""));
        After(TestLedger.Set("environment/staging", """{"parent":"production"}""")).ShouldBe(["mail staging: /port", "web staging: /a"]);
    }

    [Fact]
    public void Who_includes_or_refers_to_a_namespace_comes_after_it()
    {
        _ledger.Commit(TestLedger.Set("namespace/app", """{"kind":"service","includes":["mail"]}"""), TestLedger.Set("config/a/base", """{"smtp":"${config:mail/port}"}"""));
        After(TestLedger.Set("config/mail/env/production-eu", """{"port":465}"""))
            .ShouldBe(["mail production-eu: /port", "a production-eu: /smtp", "app production-eu: /port"]);
    }

    [Fact]
    public void Global_settings_reach_every_namespace() =>
        After(TestLedger.Set("config/global/env/production", """{"zone":"eu"}""")).ShouldBe(
            ["global production: /zone", "global production-eu: /zone", "mail production: /zone", "mail production-eu: /zone"]);

    [Fact]
    public void An_end_of_a_rollout_is_an_effect_on_its_arms()
    {
        _ledger.Commit(Everybody("pool", """{"port":26}""", """["production"]"""));
        After(TestLedger.Remove("rollout/mail/pool")).ShouldBe(["mail production pool=new: /port", "mail production-eu pool=new: /port"]);
    }

    [Fact]
    public void A_namespace_that_is_removed_loses_what_it_had() =>
        After(TestLedger.Remove("config/mail/base"), TestLedger.Remove("config/mail/env/staging"), TestLedger.Remove("namespace/mail"))
            .ShouldContain("mail staging: /port /host");

    [Fact]
    public void Namespaces_beyond_the_first_fifty_are_counted()
    {
        var many = Enumerable.Range(0, 60).Select(i => TestLedger.Set($"config/n{i:00}/base", """{"a":1}""")).ToArray();
        var effects = Search(many);
        effects.Namespaces.Select(effect => effect.Namespace).ShouldBe(Enumerable.Range(0, 50).Select(i => $"n{i:00}"));
        effects.LeftOut.ShouldBe(10);
    }

    private List<string> After(params ReadOnlySpan<ProposedChange> changes)
    {
        var effects = Search([.. changes]);
        effects.LeftOut.ShouldBe(0);
        return EffectText.Of(effects.Namespaces);
    }

    private CommitEffects Search(ProposedChange[] changes)
    {
        var before = _ledger.Snapshot;
        _ledger.Commit([.. changes]);
        return EffectSearch.Of(before, _ledger.Snapshot, [.. changes.Select(change => change.Address)], _budget, TestContext.Current.CancellationToken);
    }
}
