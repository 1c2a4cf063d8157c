using Setpoint.Core.Effects;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.References;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Rollouts.TestRollouts;

namespace Setpoint.Core.Tests.Effects;

/// <summary>What happens where effects are more than may be looked for, or told.</summary>
public sealed class EffectBudgetTests
{
    private readonly TestLedger _ledger = TestLedger.WithEnvironments();

    [Fact]
    public void Environments_beyond_the_budget_are_counted_and_what_was_looked_at_is_whole()
    {
        LayerInEach();
        var effect = After(new EffectBudget(comparisonsMax: 2), Base(26));

        EffectText.Of([effect]).ShouldBe(["mail : /port", "mail production: /port"]);
        (effect.EnvironmentsLeftOut, effect.ChangesLeftOut, effect.ArmChangesLeftOut).ShouldBe((2, 0, 0));
    }

    [Fact]
    public void Large_configurations_use_the_budget_up_sooner()
    {
        LayerInEach();
        // Two keys before and two after in each environment, and one and one in the base layers.
        var effect = After(new EffectBudget(keysMax: 6), Base(26));

        EffectText.Of([effect]).ShouldBe(["mail : /port", "mail production: /port"]);
        (effect.EnvironmentsLeftOut, effect.ChangesLeftOut).ShouldBe((2, 0));
    }

    [Fact]
    public void Everybody_comes_before_arms_and_arms_that_were_not_looked_at_are_counted()
    {
        LayerInEach();
        _ledger.Commit(Everybody("a", """{"port":1}"""), Everybody("b", """{"extra":1}"""));
        var effect = After(new EffectBudget(comparisonsMax: 5), Base(26));

        // Four for everybody and one for the first arm; of nine choices of arms in three environments the other eight.
        EffectText.Of([effect]).ShouldBe(["mail : /port", "mail production: /port", "mail production a=new: ", "mail production-eu: /port", "mail staging: /port"]);
        (effect.EnvironmentsLeftOut, effect.ArmChangesLeftOut).ShouldBe((0, 8));
    }

    [Fact]
    public void Arms_of_an_environment_that_was_not_looked_at_are_all_counted()
    {
        LayerInEach();
        _ledger.Commit(Everybody("a", """{"port":1}"""), Everybody("b", """{"extra":1}"""));
        var effect = After(new EffectBudget(comparisonsMax: 0), Base(26));

        (effect.Environments.Length, effect.EnvironmentsLeftOut, effect.ArmChangesLeftOut, effect.IsEmpty).ShouldBe((0, 4, 9, false));
    }

    [Fact]
    public void Changes_that_have_no_room_are_counted_and_the_first_are_told()
    {
        var config = new JsonObjectBuilder();
        for (var i = 0; i < 100; i++)
            config.Add($"key{i:00}", new string('x', 100));
        _ledger.Commit(new ProposedChange(Address.Parse("config/mail/base"), config.Build(), null));
        _ledger.Commit(Everybody("a", """{"key00":1}"""));
        var effect = After(new EffectBudget(bytesMax: 1_000), TestLedger.Remove("config/mail/base"));

        // Of each some 150 bytes.
        EffectText.Of([effect]).ShouldBe(["mail : /key00 /key01 /key02 /key03 /key04 /key05"]);
        (effect.ChangesLeftOut, effect.EnvironmentsLeftOut, effect.ArmChangesLeftOut).ShouldBe((94 + 300, 0, 3));
    }

    [Fact]
    public void An_arm_that_has_no_room_is_left_out_whole_and_a_smaller_one_is_told()
    {
        _ledger.Commit(TestLedger.Set("config/mail/base", """{"port":25}"""));
        var effect = After(new EffectBudget(bytesMax: 1_000), Everybody("a", $$"""{"long":"{{new string('x', 2_000)}}"}"""), Everybody("b", """{"port":26}""", """["staging"]"""));

        EffectText.Of([effect]).ShouldBe(["mail staging b=new: /port"]);
        // a alone in three environments; in one, both are what each is alone.
        effect.ArmChangesLeftOut.ShouldBe(3);
    }

    [Fact]
    public void What_is_told_takes_no_more_bytes_than_the_budget_has()
    {
        _ledger.Commit(TestLedger.Set("config/mail/base", $$"""{ {{string.Join(',', Enumerable.Range(0, 200).Select(i => $"\"k\\n{i}\":{{\"é\":\"{i}\\u0001\"}}"))}} }"""));
        var effect = After(new EffectBudget(bytesMax: 5_000), TestLedger.Remove("config/mail/base"));

        effect.ChangesLeftOut.ShouldBeGreaterThan(0);
        var text = JsonWriter.ToUtf8(JsonDiff.ToJsonPatch(effect.Environments[0].Changes)).Length + effect.Environments[0].Changes.Sum(change => JsonMeasure.TextSize(change.From!) + 8);
        text.ShouldBeInRange(4_000, 5_000);
    }

    [Fact]
    public void A_caller_who_is_gone_is_not_looked_for_at_all()
    {
        var budget = new EffectBudget();
        Should.Throw<OperationCanceledException>(() => After(budget, new CancellationToken(canceled: true), Base(25)));
        budget.Comparisons.ShouldBe(0);
    }

    [Fact]
    public void A_caller_who_leaves_ends_the_search_before_the_next_comparison()
    {
        using var leaving = new CancellationTokenSource();
        var provider = new LeavingProvider();
        var before = Snapshot.Empty(StandardCatalog.Create(new ReferenceProviders(provider)));
        var first = Gate.Judge(before, TestLedger.ProposalOf(
            TestLedger.Set("environment/production", "{}"), TestLedger.Set("environment/staging", "{}"), TestLedger.Set("config/mail/base", """{"home":"${env:HOME}"}""")), TestLedger.Start);
        var second = Gate.Judge(first.Value.After, TestLedger.ProposalOf(TestLedger.Set("config/mail/base", """{"house":"${env:HOME}"}""")), TestLedger.Start);
        var budget = new EffectBudget();

        provider.Asked = leaving.Cancel;
        Should.Throw<OperationCanceledException>(() =>
            EffectSearch.On("mail", first.Value.After, second.Value.After, [Address.Parse("config/mail/base")], budget, leaving.Token));

        budget.Comparisons.ShouldBe(1, "the one during which the caller left");
    }

    private void LayerInEach() => _ledger.Commit(
        Base(25),
        TestLedger.Set("config/mail/env/production", """{"a":1}"""),
        TestLedger.Set("config/mail/env/production-eu", """{"a":2}"""),
        TestLedger.Set("config/mail/env/staging", """{"a":3}"""));

    private static ProposedChange Base(int port) => TestLedger.Set("config/mail/base", $$"""{"port":{{port}}}""");

    private NamespaceEffect After(EffectBudget budget, params ReadOnlySpan<ProposedChange> changes) => After(budget, TestContext.Current.CancellationToken, changes);

    private NamespaceEffect After(EffectBudget budget, CancellationToken cancellationToken, params ReadOnlySpan<ProposedChange> changes)
    {
        var before = _ledger.Snapshot;
        var addresses = changes.ToArray().Select(change => change.Address).ToList();
        _ledger.Commit([.. changes]);
        return EffectSearch.On("mail", before, _ledger.Snapshot, addresses, budget, cancellationToken);
    }

    private sealed class LeavingProvider : IReferenceProvider
    {
        public Action? Asked { get; set; }

        public string Name => "env";

        public long Generation => 1;

        public ReferenceValue Find(string key)
        {
            Asked?.Invoke();
            return ReferenceValue.Of(new JsonString("/home"));
        }
    }
}
