using Setpoint.Core.Faults;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Ledger.TestLedger;

namespace Setpoint.Core.Tests.References;

/// <summary>What the Gate refuses because of references, in every environment and namespace that a change touches.</summary>
public sealed class ReferenceGateTests
{
    private readonly TestLedger _ledger = TestLedger.WithEnvironments();

    [Fact]
    public void A_reference_to_nothing_is_refused_and_one_in_the_same_commit_is_there()
    {
        var violation = _ledger.Violation(Set("config/mail/base", """{"max":"${config:pay/limit}"}"""));
        (violation.Code, violation.Path, violation.Address!.Text).ShouldBe((ViolationCode.UnknownReference, "/max", "config/mail/base"));
        violation.Effective!.Environments.ShouldBe(["production", "production-eu", "staging"]);

        _ledger.Commit(Set("config/mail/base", """{"max":"${config:pay/limit}"}"""), Set("config/pay/base", """{"limit":1}"""));
    }

    [Fact]
    public void A_key_a_layer_or_a_namespace_that_others_refer_to_does_not_go_before_they_do()
    {
        _ledger.Commit(Set("config/pay/base", """{"limit":1,"other":2}"""), Set("config/mail/base", """{"max":"${config:pay/limit}"}"""), Set("config/shop/base", """{"copy":"${config:mail/max}"}"""));

        var violations = _ledger.Violations(Set("config/pay/base", """{"other":2}"""));
        violations.Select(violation => $"{violation.Effective!.Namespace} {violation.Address}{violation.Path} {violation.Code}").ShouldBe(
            ["mail config/mail/base/max UnknownReference", "shop config/mail/base/max UnknownReference"], ignoreOrder: true);
        violations.ShouldAllBe(violation => violation.Message.Contains("${config:pay/limit}", StringComparison.Ordinal));
        _ledger.Violations(Remove("config/pay/base"));
        _ledger.Violations(Remove("config/pay/base"), Remove("namespace/pay"));

        _ledger.Commit(Remove("config/pay/base"), Remove("namespace/pay"), Set("config/mail/base", """{"max":3}"""));
    }

    [Fact]
    public void A_key_that_goes_in_one_environment_is_missed_there_and_below()
    {
        _ledger.Commit(Set("config/pay/base", """{"limit":1}"""), Set("config/mail/base", """{"max":"${config:pay/limit}"}"""));

        var violation = _ledger.Violation(Set("config/pay/env/production", """{"limit":{"$unset":true}}"""));

        violation.Effective!.Environments.ShouldBe(["production", "production-eu"]);
        _ledger.Commit(Set("config/mail/env/production", """{"max":5}"""), Set("config/pay/env/production", """{"limit":{"$unset":true}}"""));
    }

    [Fact]
    public void A_circle_is_refused_from_whichever_side_it_is_closed_and_named_with_its_environments()
    {
        _ledger.Commit(Set("config/a/base", """{"x":"${config:b/y}"}"""), Set("config/b/base", """{"y":1}"""));

        var violations = _ledger.Violations(Set("config/b/env/production", """{"y":"${config:a/x}"}"""));

        violations.ShouldAllBe(violation => violation.Code == ViolationCode.CircularDependency);
        var ofA = violations.Single(violation => violation.Effective!.Namespace == "a");
        ofA.Message.ShouldContain("a in production and production-eu: References lead in a circle: config/a:x -> config/b:y -> config/a:x.");
        violations.Single(violation => violation.Effective!.Namespace == "b").Address!.Text.ShouldBe("config/b/env/production");
    }

    [Fact]
    public void A_schema_sees_the_value_that_a_reference_has_and_nothing_of_a_secret()
    {
        _ledger.Commit(Set("schema/mail", """{"schema":{"properties":{"port":{"type":"integer","maximum":100},"pin":{"type":"integer"}}}}"""));
        _ledger.Commit(Set("config/pay/base", """{"port":25}"""), Set("config/mail/base", """{"port":"${config:pay/port}","pin":"${secret:pin}"}"""));

        var violation = _ledger.Violation(Set("config/pay/base", """{"port":2500}"""));

        (violation.Effective!.Namespace, violation.Path, violation.Code).ShouldBe(("mail", "/port", ViolationCode.ConstraintViolation));
        _ledger.Commit(Set("config/pay/base", """{"port":26}"""));
    }

    [Fact]
    public void What_only_a_runtime_override_of_another_namespace_gives_is_refused_since_that_ends()
    {
        _ledger.Commit(Set("config/pay/base", "{}"), Set("config/pay/runtime/staging", """{"expiresAt":"2026-11-20T13:00:00Z","config":{"limit":1}}"""));

        var violation = _ledger.Violation(Set("config/mail/env/staging", """{"max":"${config:pay/limit}"}"""));

        violation.Code.ShouldBe(ViolationCode.UnknownReference);
        violation.Message.ShouldContain("once the runtime override has ended");
    }

    [Fact]
    public void A_change_of_one_users_settings_is_checked_where_they_are_referred_to()
    {
        _ledger.Commit(Set("config/pay/base", """{"name":"x"}"""), Set("config/mail/base", """{"text":"<${config:pay/name}>"}"""));

        var violation = _ledger.Violation(Set("config/pay/user/ann", """{"name":{"first":"Ann"}}"""));

        (violation.Effective!.Namespace, violation.Effective.User, violation.Code).ShouldBe(("mail", "ann", ViolationCode.InvalidParameterType));
        _ledger.Commit(Set("config/pay/user/ann", """{"name":"Ann"}"""));
    }
}
