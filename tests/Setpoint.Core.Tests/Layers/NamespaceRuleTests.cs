using Setpoint.Core.Faults;
using Setpoint.Core.Layers;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Ledger.TestLedger;

namespace Setpoint.Core.Tests.Layers;

public sealed class NamespaceRuleTests
{
    [Fact]
    public void A_circle_of_three_is_named_in_full()
    {
        var ledger = new TestLedger();
        ledger.Commit(Set("namespace/a", "{}"), Set("namespace/b", """{"includes":["a"]}"""), Set("namespace/c", """{"includes":["b"]}"""));

        var violation = ledger.Violation(Set("namespace/a", """{"includes":["c"]}"""));

        violation.Code.ShouldBe(ViolationCode.CircularDependency);
        violation.Path.ShouldBe("/includes/0");
        violation.Message.ShouldContain("a -> c -> b -> a");
        ledger.Snapshot.Namespaces().IncludedBy("c").ShouldBe(["a", "b"]);
    }

    [Fact]
    public void A_namespace_does_not_include_itself() =>
        new TestLedger().Violation(Set("namespace/a", """{"includes":["a"]}""")).Message.ShouldContain("a -> a");

    [Fact]
    public void A_circle_that_is_not_its_own_does_not_stop_the_search()
    {
        var violations = new TestLedger().Violations(
            Set("namespace/a", """{"includes":["b"]}"""), Set("namespace/b", """{"includes":["a"]}"""), Set("namespace/c", """{"includes":["a"]}"""));
        violations.Select(violation => violation.Address!.Text).ShouldBe(["namespace/a", "namespace/b"]);
    }

    [Fact]
    public void Every_wrong_include_is_reported_at_its_place()
    {
        var ledger = new TestLedger();
        ledger.Commit(Set("namespace/lib", "{}"));

        var violations = ledger.Violations(Set("namespace/mail", """{"includes":["lib","nobody","global","lib"]}"""));

        violations.Select(violation => (violation.Path, violation.Code)).ShouldBe(
        [
            ("/includes/1", ViolationCode.UnknownReference),
            ("/includes/2", ViolationCode.ConstraintViolation),
            ("/includes/3", ViolationCode.ConstraintViolation),
        ]);
        violations[0].Message.ShouldContain("'nobody', which does not exist");
        violations[1].Message.ShouldContain("lies below every namespace already");
        violations[2].Message.ShouldContain("twice");
    }

    [Fact]
    public void Global_includes_nothing_and_stays()
    {
        var ledger = new TestLedger();
        ledger.Commit(Set("namespace/global", "{}"), Set("namespace/lib", "{}"));
        ledger.Violation(Set("namespace/global", """{"includes":["lib"]}""")).Message.ShouldContain("includes none");
        ledger.Violation(Remove("namespace/global")).Message.ShouldContain("cannot be removed");
    }

    [Fact]
    public void One_that_is_included_or_has_configuration_cannot_be_deleted()
    {
        var ledger = new TestLedger();
        ledger.Commit(Set("config/lib/base", """{"a":1}"""));
        ledger.Commit(Set("namespace/mail", """{"includes":["lib"]}"""), Set("namespace/user", """{"includes":["lib"]}"""));

        var messages = ledger.Violations(Remove("namespace/lib")).Select(violation => violation.Message).ToList();
        messages[0].ShouldContain("is included by mail and user;");
        messages[1].ShouldContain("still has config/lib/base; remove them in the same commit");
        messages.Count.ShouldBe(2);

        ledger.Commit(Remove("namespace/lib"), Remove("config/lib/base"), Set("namespace/mail", "{}"), Set("namespace/user", "{}"));
        ledger.Snapshot.Namespaces().Contains("lib").ShouldBeFalse();
    }

    [Fact]
    public void Names_that_differ_only_in_case_are_refused()
    {
        var ledger = new TestLedger();
        ledger.Commit(Set("namespace/mail", "{}"));
        ledger.Violation(Set("namespace/Mail", "{}")).Message.ShouldContain("differs only in case from 'mail'");
        ledger.Violations(Set("config/MAIL/base", "{}")).ShouldNotBeEmpty("also one that a configuration implies");
        ledger.Commit(Remove("namespace/mail"), Set("namespace/Mail", "{}"));
    }

    [Fact]
    public void Includes_are_bounded()
    {
        var ledger = new TestLedger();
        ledger.Commit([.. Enumerable.Range(0, 65).Select(i => Set($"namespace/n{i}", "{}"))]);
        string Includes(int count) => $$"""{"includes":[{{string.Join(",", Enumerable.Range(0, count).Select(i => $"\"n{i}\""))}}]}""";

        ledger.Violation(Set("namespace/mail", Includes(65))).Message.ShouldContain("65 entries; the limit is 64");
        ledger.Commit(Set("namespace/mail", Includes(64)));
    }
}
