using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Ledger.TestLedger;

namespace Setpoint.Core.Tests.Layers;

public sealed class ConfigRuleTests
{
    private static string RuntimeUntil(DateTimeOffset end) => ConfigKind.RuntimeBody(JsonObject.Empty, end).ToString();

    [Theory]
    [InlineData("config/mail/env/moon")]
    [InlineData("config/mail/runtime/moon")]
    public void A_layer_for_an_unknown_environment_is_refused_unless_the_commit_makes_it(string address)
    {
        var ledger = WithEnvironments();
        var body = address.Contains("runtime", StringComparison.Ordinal) ? RuntimeUntil(Start.AddHours(1)) : "{}";

        var violation = ledger.Violation(Set(address, body));
        violation.Code.ShouldBe(ViolationCode.UnknownReference);
        violation.Message.ShouldContain("'moon'");
        ledger.Commit(Set(address, body), Set("environment/moon", "{}"));
    }

    [Theory]
    [InlineData(0, "past")]
    [InlineData(-1, "past")]
    [InlineData(1, null)]
    [InlineData(30 * 24 * 3600 * 1000L, null)]
    [InlineData((30 * 24 * 3600 * 1000L) + 1, "30 days at most")]
    public void A_runtime_override_ends_in_the_future_and_within_thirty_days(long milliseconds, string? rule)
    {
        var ledger = WithEnvironments();
        var change = Set("config/mail/runtime/production", RuntimeUntil(Start.AddMilliseconds(milliseconds)));
        if (rule is null)
            ledger.Commit(change);
        else
            ledger.Violation(change).Message.ShouldContain(rule);
    }

    [Fact]
    public void The_overrides_that_will_end_are_known_until_they_are_removed()
    {
        var ledger = WithEnvironments();
        ledger.Commit(Set("config/mail/runtime/production", RuntimeUntil(Start.AddHours(1))), Set("config/mail/base", "{}"));
        ledger.Snapshot.Configs().Expiring.ShouldHaveSingleItem().Value.ShouldBe(Start.AddHours(1));

        ledger.Commit(Set("config/mail/runtime/production", RuntimeUntil(Start.AddHours(2))));
        ledger.Snapshot.Configs().Expiring.ShouldHaveSingleItem().Value.ShouldBe(Start.AddHours(2));

        ledger.Commit(Remove("config/mail/runtime/production"));
        ledger.Snapshot.Configs().Expiring.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"config":{}}""", "/expiresAt")]
    [InlineData("""{"expiresAt":"soon","config":{}}""", "/expiresAt")]
    [InlineData("""{"expiresAt":"2026-11-21T00:00:00Z"}""", "/config")]
    [InlineData("""{"expiresAt":"2026-11-21T00:00:00Z","config":[]}""", "/config")]
    [InlineData("""{"expiresAt":"2026-11-21T00:00:00Z","config":{},"a":1}""", "/a")]
    [InlineData("""{"expiresAt":"2026-11-21T00:00:00Z","config":{"a":{"$unset":1}}}""", "/config/a/$unset")]
    public void A_runtime_override_of_another_shape_is_refused_at_its_place(string body, string path) =>
        WithEnvironments().Violation(Set("config/mail/runtime/production", body)).Path.ShouldBe(path);

    [Theory]
    [InlineData("""{"$unset":true}""", "/$unset")]
    [InlineData("""{"a":{"$unset":false}}""", "/a/$unset")]
    [InlineData("""{"a":{"$unset":true,"b":1}}""", "/a/$unset")]
    [InlineData("""{"a":[{"$unset":true}]}""", "/a/0/$unset")]
    public void An_unset_that_removes_nothing_is_refused(string body, string path) =>
        new TestLedger().Violation(Set("config/mail/base", body)).Path.ShouldBe(path);

    [Theory]
    [InlineData("config/mail/base", "config/mail/env/production")]
    [InlineData("config/mail/env/production", "config/mail/base")]
    [InlineData("config/mail/env/staging", "config/mail/env/production")]
    [InlineData("config/global/base", "config/mail/base")]
    [InlineData("config/mail/base", "config/global/base")]
    [InlineData("config/global/env/staging", "config/mail/user/ann")]
    [InlineData("config/lib/base", "config/mail/base")]
    [InlineData("config/mail/base", "config/lib/env/staging")]
    [InlineData("config/deep/base", "config/mail/user/ann")]
    [InlineData("config/deep/base", "config/lib/base")]
    [InlineData("config/side/base", "config/lib/base")]
    public void Names_that_differ_only_in_case_are_refused_across_layers_that_meet(string first, string second)
    {
        var ledger = WithIncludes();
        ledger.Commit(Set(first, """{"Smtp":{"Host":"a"}}"""));

        var violation = ledger.Violation(Set(second, """{"Smtp":{"host":"b"}}"""));

        violation.Path.ShouldBe("/Smtp/host");
        violation.Message.ShouldContain("'/Smtp/Host'");
        violation.Message.ShouldContain(first);
        violation.Address!.Text.ShouldBe(second);
    }

    [Theory]
    [InlineData("config/mail/user/ann", "config/mail/user/bob")]
    [InlineData("config/mail/base", "config/stranger/base")]
    [InlineData("config/mail/base", "config/user/base")]
    public void Layers_that_never_meet_may_spell_as_they_like(string first, string second)
    {
        var ledger = WithIncludes();
        ledger.Commit(Set(first, """{"Host":"a"}"""));
        ledger.Commit(Set(second, """{"host":"b"}"""));
    }

    [Fact]
    public void An_include_that_brings_two_spellings_together_is_refused()
    {
        var ledger = new TestLedger();
        ledger.Commit(Set("config/mail/base", """{"host":"a"}"""), Set("config/lib/base", """{"Host":"b"}"""));

        var violation = ledger.Violation(Set("namespace/mail", """{"includes":["lib"]}"""));

        violation.Message.ShouldContain("differ only in case");
        ledger.Snapshot.Namespaces().IncludedBy("mail").ShouldBeEmpty();
    }

    [Fact]
    public void An_include_two_levels_below_that_brings_two_spellings_together_is_refused()
    {
        var ledger = new TestLedger();
        ledger.Commit(
            Set("namespace/lib", "{}"), Set("namespace/mail", """{"includes":["lib"]}"""),
            Set("config/mail/base", """{"host":"a"}"""), Set("config/deep/base", """{"Host":"b"}"""));

        ledger.Violations(Set("namespace/lib", """{"includes":["deep"]}""")).ShouldNotBeEmpty();
    }

    [Fact]
    public void A_spelling_can_be_changed_in_all_layers_by_one_commit()
    {
        var ledger = WithEnvironments();
        ledger.Commit(Set("config/mail/base", """{"Host":1}"""), Set("config/mail/env/staging", """{"Host":2}"""));
        ledger.Violation(Set("config/mail/base", """{"host":1}"""));

        ledger.Commit(Set("config/mail/base", """{"host":1}"""), Set("config/mail/env/staging", """{"host":2}"""));
    }

    [Fact]
    public void A_layer_that_was_removed_has_no_say_in_spelling()
    {
        var ledger = WithEnvironments();
        ledger.Commit(Set("config/mail/base", """{"Host":1}"""));
        ledger.Commit(Remove("config/mail/base"));
        ledger.Commit(Set("config/mail/env/staging", """{"host":1}"""));
    }

    [Fact]
    public void A_namespace_has_at_most_a_hundred_thousand_keys_in_all_its_layers()
    {
        var ledger = WithEnvironments();
        JsonObject Keys(int from, int count)
        {
            var builder = new JsonObjectBuilder(count);
            for (var i = 0; i < count; i++)
                builder.Add($"k{from + i}", 1);
            return builder.Build();
        }

        var half = Limits.NamespaceKeysMax / 2;
        ledger.Commit(new ProposedChange(Address.Parse("config/mail/base"), Keys(0, half)));
        ledger.Commit(new ProposedChange(Address.Parse("config/mail/env/staging"), Keys(0, half)));
        ledger.Snapshot.Configs().Find("mail")!.Keys.ShouldBe(Limits.NamespaceKeysMax);

        ledger.Violation(Set("config/mail/user/ann", """{"a":1}""")).Message.ShouldContain("100001 keys; the limit is 100000");
        ledger.Commit(Set("config/other/base", """{"a":1}"""));
    }

    /// <summary>mail includes lib and side, and lib includes deep; user includes nothing.</summary>
    private static TestLedger WithIncludes()
    {
        var ledger = WithEnvironments();
        ledger.Commit(
            Set("namespace/deep", "{}"), Set("namespace/side", "{}"), Set("namespace/lib", """{"includes":["deep"]}"""),
            Set("namespace/mail", """{"includes":["lib","side"]}"""), Set("namespace/user", "{}"));
        return ledger;
    }
}
