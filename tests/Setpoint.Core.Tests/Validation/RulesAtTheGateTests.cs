using Setpoint.Core.Faults;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Ledger.TestLedger;

namespace Setpoint.Core.Tests.Validation;

public sealed class RulesAtTheGateTests
{
    private const string PoolRule =
        """{"name":"pool","message":"pool.size is {pool.size} in {$environment}, more than {max}","assert":{"<=":[{"var":"pool.size"},{"var":"max"}]}}""";

    private readonly TestLedger _ledger = WithEnvironments();

    [Fact]
    public void A_rule_holds_in_every_environment_or_the_change_is_refused_with_the_values_it_saw()
    {
        _ledger.Commit(Set("config/mail/base", """{"pool":{"size":5},"max":10}"""), Set("schema/mail", $$"""{"schema":true,"rules":[{{PoolRule}}]}"""));

        var violation = _ledger.Violation(Set("config/mail/env/staging", """{"pool":{"size":11}}"""));

        violation.Message.ShouldContain("pool.size is 11 in staging, more than 10");
        violation.Effective!.Rule.ShouldBe("schema/mail rule pool");
        violation.Effective.Environments.ShouldBe(["staging"]);
        _ledger.Violations(Set("config/mail/base", """{"pool":{"size":5},"max":4}""")).Length.ShouldBe(3, "each message names another environment");
    }

    [Fact]
    public void A_rule_about_one_value_leads_to_it_and_to_the_layer_it_comes_from()
    {
        _ledger.Commit(Set("schema/mail", """{"schema":true,"rules":[{"name":"size","message":"too large","assert":{"<":[{"var":"pool.size"},10]}}]}"""), Set("config/mail/base", """{"pool":{"size":1}}"""));

        var violation = _ledger.Violation(Set("config/mail/env/staging", """{"pool":{"size":11}}"""));

        violation.Path.ShouldBe("/pool/size");
        violation.Address!.Text.ShouldBe("config/mail/env/staging");
    }

    [Fact]
    public void A_warning_lets_the_change_pass()
    {
        _ledger.Commit(Set("schema/mail", """
            {"schema":true,"rules":[{"name":"debug","severity":"warning","message":"debug is on","when":{"==":[{"var":"$environment"},"production"]},"assert":{"!":{"var":"debug"}}}]}
            """));

        var warning = _ledger.Commit(Set("config/mail/base", """{"debug":true}""")).Warnings.ShouldHaveSingleItem();

        warning.Effective!.Environments.ShouldBe(["production"]);
        warning.Path.ShouldBe("", "it reads the environment as well");
        warning.Effective.Rule.ShouldBe("schema/mail rule debug");
    }

    [Fact]
    public void The_pools_of_all_who_use_a_database_fit_into_it()
    {
        _ledger.Commit(
            Set("config/db-main/base", """{"max_connections":100}"""),
            Set("namespace/mail", """{"includes":["db-main"]}"""), Set("config/mail/base", """{"pool":{"size":10},"replicas":3}"""),
            Set("namespace/chat", """{"includes":["db-main"]}"""), Set("config/chat/base", """{"pool":{"size":20},"replicas":2}"""),
            Set("config/other/base", """{"pool":{"size":1000},"replicas":9}"""),
            Set("schema/db-main", """
                {"schema":true,"rules":[{"name":"connections","message":"the pools together are larger than {max_connections}","across":"namespaces","uses":["@dependents"],
                 "assert":{"<=":[{"reduce":[{"var":"$namespaces"},{"+":[{"var":"accumulator"},{"*":[{"var":"current.config.pool.size"},{"var":"current.config.replicas"}]}]},0]},{"var":"max_connections"}]}}]}
                """));

        var violation = _ledger.Violation(Set("config/chat/env/production", """{"replicas":4}"""));
        violation.Effective!.Namespace.ShouldBe("db-main");
        violation.Effective.Environments.ShouldBe(["production", "production-eu"]);
        violation.Message.ShouldContain("larger than 100");

        _ledger.Violation(Set("config/db-main/base", """{"max_connections":60}"""));
        _ledger.Violation(Set("namespace/other", """{"includes":["db-main"]}"""));
        _ledger.Commit(Set("config/other/base", """{"pool":{"size":2000},"replicas":9}"""));
    }

    [Fact]
    public void Dependents_are_also_those_that_refer_and_those_that_stop_to()
    {
        _ledger.Commit(
            Set("config/db/base", """{"host":"h"}"""),
            Set("config/mail/base", """{"url":"${config:db/host}","pool":1}"""),
            Set("schema/db", """
                {"schema":true,"rules":[{"name":"used","message":"nobody uses it any more, or too much","across":"namespaces","uses":["@dependents"],
                 "assert":{"and":[{"some":[{"var":"$namespaces"},{"var":"config.pool"}]},{"all":[{"var":"$namespaces"},{"<":[{"var":"config.pool"},5]}]}]}}]}
                """));

        _ledger.Violation(Set("config/mail/base", """{"url":"${config:db/host}","pool":9}""")).Effective!.Namespace.ShouldBe("db");
        _ledger.Violation(Set("config/mail/base", """{"url":"u","pool":1}""")).Effective!.Namespace.ShouldBe("db");
    }

    [Fact]
    public void A_rule_reads_the_namespaces_it_names_and_is_asked_again_when_they_change()
    {
        _ledger.Commit(
            Set("config/db/base", """{"timeout":5}"""), Set("config/mail/base", """{"timeout":4}"""),
            Set("schema/mail", """{"schema":true,"rules":[{"name":"shorter","message":"{timeout} against {$uses.db.timeout}","uses":["db"],"assert":{"<":[{"var":"timeout"},{"var":"$uses.db.timeout"}]}}]}"""));

        var violation = _ledger.Violation(Set("config/db/env/staging", """{"timeout":3}"""));

        violation.Effective!.Namespace.ShouldBe("mail");
        violation.Message.ShouldContain("4 against 3");
    }

    [Fact]
    public void A_rule_across_environments_sees_them_all()
    {
        _ledger.Commit(
            Set("config/mail/base", """{"level":1}"""),
            Set("schema/mail", """
                {"schema":true,"rules":[{"name":"production-is-calm","message":"production is not the calmest","across":"environments",
                 "assert":{"all":[{"filter":[{"var":"$environments"},{"var":"production"}]},{"<=":[{"var":"config.level"},1]}]}}]}
                """));

        _ledger.Commit(Set("config/mail/env/staging", """{"level":9}"""));
        var violation = _ledger.Violation(Set("config/mail/env/production", """{"level":2}"""));
        violation.Effective!.Environments.ShouldBeEmpty();
        violation.Message.ShouldStartWith("mail: production is not the calmest");
    }

    [Fact]
    public void A_rule_that_finds_no_end_is_a_timeout_and_no_hang()
    {
        var nested = """{"var":"a"}""";
        for (var i = 0; i < 4; i++)
            nested = $$"""{"map":[{"var":"list"},{{nested}}]}""";
        var list = string.Join(",", Enumerable.Range(0, 100));
        _ledger.Commit(Set("schema/mail", $$"""{"schema":true,"rules":[{"name":"endless","message":"m","assert":{{nested.Replace("{\"var\":\"list\"}", $"[{list}]", StringComparison.Ordinal)}}}]}"""));

        var fault = _ledger.Refused(Set("config/mail/base", """{"a":1}""")).ShouldBeOfType<Fault.TimedOut>();

        fault.Code.ShouldBe("ValidationTimeout");
        fault.Violations[0].Effective!.Rule.ShouldBe("schema/mail rule endless");
        fault.Violations[0].Effective!.Environments.ShouldHaveSingleItem("what found no end once is not tried in every environment");
    }

    [Fact]
    public void Rules_that_are_none_are_refused_with_their_place()
    {
        _ledger.Violations(Set("schema/mail", """{"schema":true,"rules":[{"name":"a","message":"m","assert":{"nope":[1]}},{"name":"b"},{"name":"a","message":"m","assert":true},7]}"""))
            .Select(violation => violation.Path)
            .ShouldBe(["/rules/0/assert/nope", "/rules/1/message", "/rules/1/assert", "/rules/3"], ignoreOrder: true);
    }

    [Fact]
    public void A_message_never_shows_what_the_schema_calls_secret()
    {
        _ledger.Commit(Set("schema/mail", """{"schema":{"properties":{"password":{"secret":true}}},"rules":[{"name":"long","message":"{password} is too short","assert":{"starts_with":[{"var":"password"},"x"]}}]}"""));

        var violations = _ledger.Violations(Set("config/mail/base", """{"password":"hunter2"}"""));

        violations.Length.ShouldBe(2);
        violations.ShouldAllBe(violation => !violation.Message.Contains("hunter2", StringComparison.Ordinal));
    }
}
