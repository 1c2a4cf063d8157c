using Setpoint.Core.Layers;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Layers.LayerAssert;
using static Setpoint.Core.Tests.Ledger.TestLedger;

namespace Setpoint.Core.Tests.Layers;

public sealed class ResolveTests
{
    private const string Runtime = """{"expiresAt":"2026-11-21T00:00:00.000Z","config":""";

    [Fact]
    public void Every_layer_wins_over_those_below_it_in_the_order_of_the_design() => AssertResolves(
        """{"v":10,"g":1,"ge":2,"geu":3,"i":4,"ie":5,"s":6,"se":7,"seu":8,"u":9,"r":10}""",
        ("config/global/base", """{"v":1,"g":1}"""),
        ("config/global/env/production", """{"v":2,"ge":2}"""),
        ("config/global/env/production-eu", """{"v":3,"geu":3}"""),
        ("config/lib/base", """{"v":4,"i":4}"""),
        ("config/lib/env/production", """{"v":5,"ie":5}"""),
        ("config/mail/base", """{"v":6,"s":6}"""),
        ("config/mail/env/production", """{"v":7,"se":7}"""),
        ("config/mail/env/production-eu", """{"v":8,"seu":8}"""),
        ("config/mail/user/ann", """{"v":9,"u":9}"""),
        ("config/mail/runtime/production-eu", Runtime + """{"v":10,"r":10}}"""));

    [Fact]
    public void Objects_merge_and_everything_else_replaces() => AssertResolves(
        """{"o":{"a":1,"b":3},"list":[3],"n":null,"s":{"deep":true}}""",
        ("config/global/base", """{"o":{"a":1,"b":2},"list":[1,2],"n":5,"s":"text"}"""),
        ("config/mail/base", """{"o":{"b":3},"list":[3],"n":null,"s":{"deep":true}}"""));

    [Fact]
    public void Unset_removes_what_lower_layers_set_and_a_higher_one_may_set_it_again() => AssertResolves(
        """{"b":{"x":2},"c":9}""",
        ("config/global/base", """{"a":1,"b":{"x":1,"y":1},"c":1}"""),
        ("config/mail/base", """{"a":{"$unset":true},"b":{"y":{"$unset":true}},"c":{"$unset":true}}"""),
        ("config/mail/user/ann", """{"b":{"x":2},"c":9}"""));

    [Fact]
    public void Names_that_hold_slashes_and_tildes_have_pointers_that_find_them() => AssertResolves(
        """{"a/b":{"m~n":2}}""",
        ("config/global/base", """{"a/b":{"m~n":1}}"""),
        ("config/mail/base", """{"a/b":{"m~n":2}}"""));

    [Fact]
    public void A_leaf_tells_its_winner_and_what_it_hides_highest_first()
    {
        var effective = AssertResolves(
            """{"o":{"a":3}}""",
            ("config/global/base", """{"o":{"a":1}}"""),
            ("config/mail/base", """{"o":{"a":2}}"""),
            ("config/mail/env/production", """{"o":{"a":3}}"""));

        var leaf = Provenance.Explain(effective).ShouldHaveSingleItem();
        leaf.Path.ShouldBe("/o/a");
        leaf.Winner.Document.Address.Text.ShouldBe("config/mail/env/production");
        leaf.Winner.Rank.ShouldBe(LayerRank.ServiceEnvironment);
        leaf.Winner.Document.Actor.ShouldBe("tester");
        leaf.Shadowed.Select(hidden => (hidden.Layer.Document.Address.Text, hidden.Value.ToString()))
            .ShouldBe([("config/mail/base", "2"), ("config/global/base", "1")]);
    }

    [Fact]
    public void A_value_that_was_replaced_as_a_whole_is_not_hidden_by_what_came_after()
    {
        var effective = AssertResolves(
            """{"o":{"b":3}}""",
            ("config/global/base", """{"o":{"b":1}}"""),
            ("config/mail/base", """{"o":"text"}"""),
            ("config/mail/user/ann", """{"o":{"b":3}}"""));

        Provenance.Explain(effective).ShouldHaveSingleItem().Shadowed.ShouldBeEmpty("the text had removed it before");
    }

    [Fact]
    public void Without_an_environment_only_base_and_user_layers_apply()
    {
        var ledger = WithEnvironments();
        ledger.Commit(
            Set("config/mail/base", """{"a":1}"""),
            Set("config/mail/env/production", """{"a":2}"""),
            Set("config/mail/user/ann", """{"b":1}"""),
            Set("config/mail/runtime/production", Runtime + """{"a":3}}"""));

        EffectiveConfiguration.Resolve(ledger.Snapshot, "mail", new(null, null)).Config.ToString().ShouldBe("""{"a":1}""");
        EffectiveConfiguration.Resolve(ledger.Snapshot, "mail", new(null, "ann")).Config.ToString().ShouldBe("""{"a":1,"b":1}""");
    }

    [Fact]
    public void A_runtime_override_is_not_inherited_by_environments_below()
    {
        var ledger = WithEnvironments();
        ledger.Commit(Set("config/mail/base", """{"a":1}"""), Set("config/mail/runtime/production", Runtime + """{"a":3}}"""));

        EffectiveConfiguration.Resolve(ledger.Snapshot, "mail", new("production", null)).Config.ToString().ShouldBe("""{"a":3}""");
        EffectiveConfiguration.Resolve(ledger.Snapshot, "mail", new("production-eu", null)).Config.ToString().ShouldBe("""{"a":1}""");
    }

    [Fact]
    public void Includes_lie_in_their_order_and_what_they_include_lies_below_them()
    {
        var ledger = new TestLedger();
        ledger.Commit(
            Set("namespace/deep", "{}"),
            Set("namespace/one", """{"includes":["deep"]}"""),
            Set("namespace/two", """{"includes":["deep"]}"""),
            Set("namespace/mail", """{"includes":["two","one"]}"""),
            Set("config/deep/base", """{"v":"deep"}"""),
            Set("config/one/base", """{"v":"one"}"""),
            Set("config/two/base", """{"v":"two"}"""));

        var effective = EffectiveConfiguration.Resolve(ledger.Snapshot, "mail", default);

        effective.Stack.Layers.Select(layer => layer.Document.Address.Segments[1]).ShouldBe(["deep", "two", "one"]);
        effective.Config.ToString().ShouldBe("""{"v":"one"}""");
        effective.Stack.Layers.ShouldAllBe(layer => layer.Rank == LayerRank.Included);
    }

    [Fact]
    public void Users_and_runtime_overrides_of_an_included_namespace_are_its_own()
    {
        var ledger = WithEnvironments();
        ledger.Commit(
            Set("config/lib/base", """{"a":1}"""),
            Set("config/lib/user/ann", """{"a":2}"""),
            Set("config/lib/runtime/production", Runtime + """{"a":3}}"""),
            Set("namespace/mail", """{"includes":["lib"]}"""));

        EffectiveConfiguration.Resolve(ledger.Snapshot, "mail", new("production", "ann")).Config.ToString().ShouldBe("""{"a":1}""");
    }

    [Fact]
    public void Removing_the_newest_layer_raises_the_version()
    {
        var ledger = WithEnvironments();
        ledger.Commit(Set("config/mail/base", """{"a":1}"""));
        ledger.Commit(Set("config/mail/env/production", """{"a":2}"""));
        var context = new ResolveContext("production", null);
        LayerStack.VersionOf(ledger.Snapshot, "mail", context).ShouldBe(3);

        ledger.Commit(Remove("config/mail/env/production"));

        LayerStack.VersionOf(ledger.Snapshot, "mail", context).ShouldBe(4, "the tombstone keeps its version");
        LayerStack.VersionOf(ledger.Snapshot, "mail", new("staging", null)).ShouldBe(2, "another environment is not touched");
    }

    [Fact]
    public void Another_parent_of_the_environment_is_another_version()
    {
        var ledger = WithEnvironments();
        ledger.Commit(Set("config/mail/base", """{"a":1}"""), Set("config/mail/env/staging", """{"a":2}"""));
        var context = new ResolveContext("production-eu", null);

        ledger.Commit(Set("environment/production-eu", """{"parent":"staging"}"""));

        var effective = EffectiveConfiguration.Resolve(ledger.Snapshot, "mail", context);
        effective.Version.ShouldBe(3);
        effective.Config.ToString().ShouldBe("""{"a":2}""");
    }
}
