using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Ledger.TestLedger;

namespace Setpoint.Core.Tests.Layers;

/// <summary>A namespace goes with all that belongs to it, or it stays with all of it.</summary>
public sealed class NamespaceRemovalTests
{
    private const string Flag = """{"variants":{"on":true,"off":false}}""";

    private readonly TestLedger _ledger = WithEnvironments();

    public NamespaceRemovalTests() => _ledger.Commit(
        Set("config/shop/base", """{"a":1}"""),
        Set("config/shop/env/staging", """{"a":2}"""),
        Set("config/shop/user/ann", """{"a":3}"""),
        Set("schema/shop", """{"schema":{"type":"object"}}"""),
        Set("segment/shop/staff", """{"included":["ann"]}"""),
        Set("flag/shop/parent", Flag),
        Set("flag/shop/child", """{"variants":{"on":true,"off":false},"dependencies":[{"flag":"parent"}],"rules":[{"when":{"segment":"staff"},"serve":"on"}]}"""),
        Set("config/other/base", """{"b":1}"""),
        Set("flag/other/banner", Flag));

    [Fact]
    public void Everything_of_it_goes_in_one_commit_and_nothing_else_does()
    {
        var commit = _ledger.Commit(Removal("shop")).Commit!;

        commit.Changes.Select(change => change.Address.Text).ShouldBe(
        [
            "namespace/shop", "config/shop/base", "config/shop/env/staging", "config/shop/user/ann",
            "flag/shop/child", "flag/shop/parent", "schema/shop", "segment/shop/staff",
        ]);
        commit.Changes.ShouldAllBe(change => !change.After.Exists);
        _ledger.Snapshot.Flags().In("shop").Flags.ShouldBeEmpty();
        _ledger.Snapshot.Flags().In("other").Flags.Keys.ShouldBe(["banner"]);
        _ledger.Snapshot.Configs().Find("other").ShouldNotBeNull().HasLayers.ShouldBeTrue();
    }

    [Theory]
    [InlineData("namespace/other", """{"includes":["shop"]}""", "namespace/shop", "included by other")]
    [InlineData("config/other/base", """{"b":"${config:shop/a}"}""", "config/other/base", "shop")]
    [InlineData("schema/other", """{"schema":{"$ref":"setpoint://schema/shop"}}""", "schema/other", "setpoint://schema/shop")]
    public void It_stays_while_something_of_another_namespace_needs_it(string address, string document, string where, string says)
    {
        _ledger.Commit(Set(address, document));

        var violation = _ledger.Violation(Removal("shop"));

        (violation.Address!.Text, violation.Message.Contains(says, StringComparison.Ordinal)).ShouldBe((where, true), violation.Message);
        _ledger.Snapshot.Flags().In("shop").Flags.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("config/shop/base")]
    [InlineData("flag/shop/child")]
    [InlineData("segment/shop/staff")]
    [InlineData("schema/shop")]
    public void A_commit_that_leaves_something_behind_is_refused_and_named(string left)
    {
        var changes = Removal("shop").Where(change => change.Address.Text != left).ToArray();

        var messages = _ledger.Violations([.. changes]).Select(violation => violation.Message);

        messages.ShouldContain(message => message.StartsWith("Namespace 'shop' still has", StringComparison.Ordinal) && message.Contains(left, StringComparison.Ordinal));
    }

    [Fact]
    public void An_expected_version_is_that_of_the_namespace()
    {
        NamespaceRemoval.Plan(_ledger.Snapshot, "shop", expectedVersion: 1).TryGet(out var stale, out _).ShouldBeTrue();
        _ledger.Refused(stale).ShouldBeOfType<Fault.Stale>().Actual.ShouldBe(_ledger.Snapshot.Namespaces().VersionOf("shop"));
    }

    private ImmutableArray<ProposedChange> Removal(string ns) => NamespaceRemoval.Plan(_ledger.Snapshot, ns).Value;
}
