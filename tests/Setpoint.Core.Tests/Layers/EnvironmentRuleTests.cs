using Setpoint.Core.Faults;
using Setpoint.Core.Layers;
using static Setpoint.Core.Tests.Ledger.TestLedger;

namespace Setpoint.Core.Tests.Layers;

public sealed class EnvironmentRuleTests
{
    [Fact]
    public void A_chain_runs_from_the_root_down_to_the_environment()
    {
        var ledger = WithEnvironments();
        ledger.Commit(Set("environment/production-eu-west", """{"parent":"production-eu"}"""));

        ledger.Snapshot.Environments().ChainOf("production-eu-west").ShouldBe(["production", "production-eu", "production-eu-west"]);
        ledger.Snapshot.Environments().ChainOf("staging").ShouldBe(["staging"]);
        ledger.Snapshot.Environments().ChainOf("nobody").ShouldBeEmpty();
    }

    [Fact]
    public void A_circle_is_named_in_full()
    {
        var ledger = WithEnvironments();
        ledger.Commit(Set("environment/production-eu-west", """{"parent":"production-eu"}"""));

        var violation = ledger.Violation(Set("environment/production", """{"parent":"production-eu-west"}"""));

        violation.Code.ShouldBe(ViolationCode.CircularDependency);
        violation.Path.ShouldBe("/parent");
        violation.Message.ShouldContain("production -> production-eu-west -> production-eu -> production");
    }

    [Fact]
    public void An_environment_is_not_its_own_parent() =>
        WithEnvironments().Violation(Set("environment/staging", """{"parent":"staging"}""")).Message.ShouldContain("staging -> staging");

    [Fact]
    public void A_circle_made_by_one_commit_is_reported_where_it_was_closed()
    {
        var violations = WithEnvironments().Violations(
            Set("environment/a", """{"parent":"b"}"""), Set("environment/b", """{"parent":"a"}"""), Set("environment/c", """{"parent":"a"}"""));

        violations.Select(violation => violation.Address!.Text).ShouldBe(["environment/a", "environment/b"]);
        violations.ShouldAllBe(violation => violation.Code == ViolationCode.CircularDependency);
    }

    [Fact]
    public void A_parent_exists_before_or_in_the_same_commit()
    {
        var ledger = WithEnvironments();
        var violation = ledger.Violation(Set("environment/qa", """{"parent":"nobody"}"""));
        violation.Code.ShouldBe(ViolationCode.UnknownReference);
        violation.Message.ShouldContain("'nobody'");

        ledger.Commit(Set("environment/qa", """{"parent":"test"}"""), Set("environment/test", "{}"));
        ledger.Snapshot.Environments().ChainOf("qa").ShouldBe(["test", "qa"]);
    }

    [Fact]
    public void Deleting_one_in_use_is_refused_with_its_users_and_children()
    {
        var ledger = WithEnvironments();
        ledger.Commit(
            Set("config/mail/env/production", """{"a":1}"""),
            Set("config/user/runtime/production", """{"expiresAt":"2026-11-21T00:00:00.000Z","config":{}}"""),
            Set("config/other/env/staging", """{"a":1}"""));

        var messages = ledger.Violations(Remove("environment/production")).Select(violation => violation.Message).ToList();

        messages.Count.ShouldBe(2);
        messages[0].ShouldContain("is the parent of production-eu");
        messages[1].ShouldContain("configuration of mail and user;");
        ledger.Snapshot.Environments().Contains("production").ShouldBeTrue();
    }

    [Fact]
    public void One_that_nobody_uses_any_more_can_be_deleted_and_made_again()
    {
        var ledger = WithEnvironments();
        ledger.Commit(Set("config/mail/env/staging", """{"a":1}"""));
        ledger.Violation(Remove("environment/staging"));

        ledger.Commit(Remove("environment/staging"), Remove("config/mail/env/staging"));
        ledger.Snapshot.Environments().Contains("staging").ShouldBeFalse();
        ledger.Snapshot.Environments().VersionOf("staging").ShouldBe(3);

        ledger.Commit(Set("environment/staging", "{}"));
        EffectiveConfiguration.Resolve(ledger.Snapshot, "mail", new("staging", null)).Config.Count.ShouldBe(0, "its layers do not come back with it");
    }

    [Fact]
    public void Names_that_differ_only_in_case_are_refused()
    {
        var ledger = WithEnvironments();
        ledger.Violation(Set("environment/Production", "{}")).Message.ShouldContain("differs only in case from 'production'");
        ledger.Violations(Set("environment/qa", "{}"), Set("environment/QA", "{}")).Length.ShouldBe(2);
        // In one commit the other spelling may go.
        ledger.Commit(Remove("environment/staging"), Set("environment/Staging", "{}"));
        ledger.Snapshot.Environments().Contains("Staging").ShouldBeTrue();
    }

    [Theory]
    [InlineData("environment/-a")]
    [InlineData("environment/a%20b")]
    [InlineData("environment/a@b")]
    [InlineData("environment/.hidden")]
    public void A_name_that_is_not_the_same_everywhere_is_refused(string address) =>
        WithEnvironments().Violation(Set(address, "{}")).Message.ShouldContain("is not allowed");

    [Fact]
    public void An_environment_has_one_segment() =>
        WithEnvironments().Violation(Set("environment/a/b", "{}")).Code.ShouldBe(ViolationCode.MalformedDocument);
}
