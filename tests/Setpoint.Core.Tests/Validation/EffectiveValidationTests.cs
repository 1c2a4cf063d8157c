using Setpoint.Core.Faults;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Ledger.TestLedger;

namespace Setpoint.Core.Tests.Validation;

public sealed class EffectiveValidationTests
{
    private const string PortSchema =
        """{"schema":{"type":"object","properties":{"port":{"type":"integer","minimum":1,"maximum":65535},"host":{"type":"string"}},"required":["port"]}}""";

    private readonly TestLedger _ledger = WithEnvironments();

    [Fact]
    public void A_value_that_breaks_the_schema_is_refused_and_named_with_namespace_environment_path_layer_and_rule()
    {
        _ledger.Commit(Set("config/mail/base", """{"port":25}"""), Set("schema/mail", PortSchema));

        var violation = _ledger.Violation(Set("config/mail/env/staging", """{"port":70000}"""));

        violation.Path.ShouldBe("/port");
        violation.Code.ShouldBe(ViolationCode.ConstraintViolation);
        violation.Address!.Text.ShouldBe("config/mail/env/staging");
        violation.Effective!.Namespace.ShouldBe("mail");
        violation.Effective.Environments.ShouldBe(["staging"]);
        violation.Effective.User.ShouldBeNull();
        violation.Effective.Rule.ShouldBe("schema/mail#/properties/port/maximum");
        violation.Message.ShouldContain("mail in staging");
        violation.Message.ShouldContain("70000");
        violation.Message.ShouldContain("65535");
    }

    [Fact]
    public void A_mistake_of_a_base_layer_is_said_once_for_all_environments()
    {
        _ledger.Commit(Set("config/mail/base", """{"port":25}"""), Set("schema/mail", PortSchema));

        var violation = _ledger.Violation(Set("config/mail/base", """{"port":"25"}"""));

        violation.Code.ShouldBe(ViolationCode.InvalidParameterType);
        violation.Effective!.Environments.ShouldBe(["production", "production-eu", "staging"]);
    }

    [Fact]
    public void A_setting_that_is_missing_is_refused_where_it_is_missing_alone()
    {
        _ledger.Commit(Set("config/mail/base", """{"host":"h"}"""), Set("config/mail/env/production", """{"port":1}"""), Set("config/mail/env/staging", """{"port":2}"""), Set("schema/mail", PortSchema));

        var violation = _ledger.Violation(Remove("config/mail/env/production"));

        violation.Code.ShouldBe(ViolationCode.MissingRequiredParameter);
        violation.Effective!.Environments.ShouldBe(["production", "production-eu"]);
        violation.Address!.Text.ShouldBe("config/mail/base");
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once()
    {
        _ledger.Commit(Set("config/mail/base", """{"port":25}"""), Set("schema/mail", PortSchema));

        _ledger.Violations(Set("config/mail/base", """{"port":0,"host":1}"""), Set("config/mail/env/staging", """{"port":-1}"""))
            .Select(violation => $"{violation.Path} {string.Join(",", violation.Effective!.Environments)} {violation.Address}")
            .ShouldBe(
                ["/port production,production-eu config/mail/base", "/host production,production-eu,staging config/mail/base", "/port staging config/mail/env/staging"],
                ignoreOrder: true);
    }

    [Fact]
    public void A_change_of_global_is_checked_against_everybody_who_inherits_from_it()
    {
        _ledger.Commit(Set("config/global/base", """{"port":80}"""), Set("config/mail/base", """{"host":"m"}"""), Set("config/chat/base", """{"port":5}"""));
        _ledger.Commit(Set("schema/mail", PortSchema), Set("schema/chat", PortSchema));

        var violation = _ledger.Violation(Set("config/global/base", """{"port":0}"""));

        violation.Effective!.Namespace.ShouldBe("mail", "chat says its own port");
        violation.Address!.Text.ShouldBe("config/global/base");
        _ledger.Violation(Set("config/global/env/production", """{"port":0}""")).Effective!.Environments.ShouldBe(["production", "production-eu"]);
    }

    [Fact]
    public void A_change_of_an_included_namespace_is_checked_against_those_that_include_it()
    {
        _ledger.Commit(Set("config/shared/base", """{"port":80}"""), Set("namespace/mail", """{"includes":["shared"]}"""), Set("schema/mail", PortSchema));

        var violation = _ledger.Violation(Set("config/shared/base", """{"port":0}"""));

        violation.Effective!.Namespace.ShouldBe("mail");
        violation.Address!.Text.ShouldBe("config/shared/base");
    }

    [Fact]
    public void Taking_an_include_away_is_checked()
    {
        _ledger.Commit(Set("config/shared/base", """{"port":80}"""), Set("namespace/mail", """{"includes":["shared"]}"""), Set("config/mail/base", "{}"), Set("schema/mail", PortSchema));

        _ledger.Violation(Set("namespace/mail", "{}")).Code.ShouldBe(ViolationCode.MissingRequiredParameter);
    }

    [Fact]
    public void Another_parent_of_an_environment_is_checked_in_all_that_inherits_from_it()
    {
        _ledger.Commit(Set("config/mail/base", """{"port":80}"""), Set("config/mail/env/staging", """{"port":81}"""), Set("schema/mail", PortSchema));
        _ledger.Commit(Set("schema/mail", """{"schema":{"properties":{"port":{"enum":[80,81]},"debug":{"const":false}}}}"""), Set("config/mail/env/staging", """{"port":81,"debug":false}"""));
        _ledger.Commit(Set("environment/test", "{}"), Set("config/mail/env/test", """{"port":81}"""));

        _ledger.Violations(Set("schema/mail", """{"schema":{"properties":{"port":{"const":80}}}}""")).ShouldNotBeEmpty();
        _ledger.Commit(Set("schema/mail", """{"schema":{"not":{"required":["debug"],"properties":{"port":{"const":80}}}}}"""));
        var violation = _ledger.Violation(Set("config/mail/env/test", """{"port":80}"""), Set("environment/test", """{"parent":"staging"}"""));

        violation.Effective!.Environments.ShouldBe(["test"]);
    }

    [Fact]
    public void A_schema_that_today_s_configuration_breaks_is_refused_unless_the_same_commit_mends_it()
    {
        _ledger.Commit(Set("config/mail/base", """{"port":"x"}"""), Set("config/mail/env/staging", """{"port":1}"""));
        var revision = _ledger.Snapshot.Revision;

        _ledger.Violation(Set("schema/mail", PortSchema)).Effective!.Environments.ShouldBe(["production", "production-eu"]);
        _ledger.Snapshot.Schemas().Find("mail").ShouldBeNull();

        _ledger.Commit(Set("schema/mail", PortSchema), Set("config/mail/base", """{"port":2}"""));
        _ledger.Snapshot.Revision.ShouldBe(revision + 1);
    }

    [Fact]
    public void A_user_s_settings_are_checked_with_what_lies_below_them_and_after_it_changes()
    {
        const string Schema = """{"schema":{"properties":{"min":{"type":"integer"},"theme":{"enum":["light","dark"]}},"dependentSchemas":{"max":{"required":["min"]}}}}""";
        _ledger.Commit(Set("config/mail/base", """{"min":1}"""), Set("schema/mail", Schema), Set("config/mail/user/ann", """{"max":5}"""));

        var own = _ledger.Violation(Set("config/mail/user/bob", """{"theme":"pink"}"""));
        own.Effective!.User.ShouldBe("bob");
        own.Address!.Text.ShouldBe("config/mail/user/bob");

        var below = _ledger.Violation(Set("config/mail/base", "{}"));
        below.Effective!.User.ShouldBe("ann", "nobody else has a 'max'");
        below.Code.ShouldBe(ViolationCode.MissingRequiredParameter);
    }

    [Fact]
    public void What_lies_below_a_runtime_override_is_right_without_it()
    {
        _ledger.Commit(Set("config/mail/base", """{"port":80}"""), Set("schema/mail", PortSchema));
        _ledger.Commit(Set("config/mail/runtime/staging", """{"expiresAt":"2026-11-20T13:00:00Z","config":{"port":81}}"""));

        var violation = _ledger.Violation(Set("config/mail/env/staging", """{"port":0}"""));
        violation.Message.ShouldContain("once the runtime override has ended");

        _ledger.Violation(Set("config/mail/runtime/staging", """{"expiresAt":"2026-11-20T13:00:00Z","config":{"port":0}}"""))
            .Message.ShouldNotContain("once the runtime override has ended");
        _ledger.Commit(Remove("config/mail/runtime/staging"));
    }

    [Fact]
    public void Where_only_global_settings_reach_nothing_is_asked_for_yet()
    {
        _ledger.Commit(Set("namespace/mail", "{}"), Set("schema/mail", PortSchema));
        _ledger.Commit(Set("config/global/base", """{"host":"h"}"""));
        _ledger.Commit(Set("config/mail/env/production", """{"port":1}"""));

        _ledger.Violation(Set("config/mail/base", "{}")).Effective!.Environments.ShouldBe(["staging"], "now it is configured there as well");
    }

    [Fact]
    public void A_namespace_without_a_schema_takes_what_it_is_given()
    {
        _ledger.Commit(Set("schema/mail", PortSchema));
        _ledger.Commit(Set("config/chat/base", """{"port":"anything"}"""));
    }

    [Fact]
    public void Removing_a_schema_frees_the_configuration()
    {
        _ledger.Commit(Set("config/mail/base", """{"port":25}"""), Set("schema/mail", PortSchema));
        _ledger.Commit(Remove("schema/mail"));
        _ledger.Commit(Set("config/mail/base", """{"port":"x"}"""));
    }

    [Fact]
    public void Rules_in_code_are_asked_about_every_configuration_that_changes()
    {
        var seen = new List<string>();
        var catalog = StandardCatalog.Create(new NoPlainHttp(seen));
        var start = Snapshot.Empty(catalog);
        var first = Gate.Judge(start, ProposalOf(Set("environment/production", "{}"), Set("config/mail/base", """{"url":"https://x"}"""), Set("config/chat/base", """{"url":"https://y"}""")), Start).Value.After;
        seen.Clear();

        var fault = Gate.Judge(first, ProposalOf(Set("config/mail/base", """{"url":"http://x"}""")), Start).Fault.ShouldBeOfType<Fault.Invalid>();

        seen.ShouldBe(["mail production"], "chat was not touched");
        fault.Violations.Single().Effective!.Rule.ShouldBe("rule no-plain-http");
        fault.Violations.Single().Path.ShouldBe("/url");
    }

    private sealed class NoPlainHttp(List<string> seen) : Core.Validation.IConfigRule
    {
        public string Name => "no-plain-http";

        public void Check(Core.Validation.ConfigRuleContext context)
        {
            seen.Add($"{context.Namespace} {context.Context.Environment}");
            if (context.Config["url"]?.ToString().StartsWith("\"http:", StringComparison.Ordinal) == true)
                context.Refuse("/url", "'/url' is plain http; use https.");
        }
    }
}
