using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rules;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Rules;

public sealed class ConfigRuleTests
{
    private const string PoolsFit = """
        {
            "name": "pools-fit",
            "message": "The pools of all services that use {$namespace} in {$environment} must stay below its {max_connections} connections.",
            "across": "namespaces",
            "uses": ["@dependents"],
            "assert": {"<": [
                {"reduce": [
                    {"var": "$namespaces"},
                    {"+": [
                        {"var": "accumulator"},
                        {"*": [{"var": ["current.config.pool.size", 0]}, {"var": ["current.config.replicas", 1]}]}]},
                    0]},
                {"var": "max_connections"}]}
        }
        """;

    private static readonly Address Schema = Address.Of("schema", "db-main");

    [Theory]
    [InlineData(4, ConfigRuleOutcome.Holds)]
    [InlineData(5, ConfigRuleOutcome.Broken)]
    public void The_pools_of_all_services_that_use_a_database_stay_below_its_connections(int replicas, ConfigRuleOutcome outcome)
    {
        var rule = RuleOf(PoolsFit);
        var data = new RuleData("db-main", "production", ObjectOf("""{"max_connections": 100}"""))
        {
            Namespaces =
            [
                new("orders", "service", JsonObject.Empty.With("pool", ObjectOf("""{"size": 15}""")).With("replicas", JsonNumber.Of(replicas))),
                new("users", "service", ObjectOf("""{"pool": {"size": 25}}""")),
                new("mail", null, ObjectOf("""{"replicas": 12}""")),
            ],
        };

        rule.Check(data).ShouldBe(outcome);

        rule.Reach.ShouldBe(RuleReach.Namespaces);
        rule.Uses.ShouldHaveSingleItem().IsDependents.ShouldBeTrue();
        rule.Variables.ShouldBe(["$namespaces", "max_connections"]);
        rule.Explain(data, _ => false).ShouldBe("The pools of all services that use db-main in production must stay below its 100 connections.");
    }

    [Fact]
    public void A_rule_reads_the_namespaces_that_it_names()
    {
        var rule = RuleOf("""
            {"name": "timeouts", "message": "{timeout} < {$uses.pay.timeout}", "uses": ["mail", {"namespace": "billing.payments", "as": "pay"}],
             "assert": {">": [{"var": "timeout"}, {"var": "$uses.pay.timeout"}]}}
            """);

        rule.Uses.ShouldBe([new RuleUse("mail", "mail"), new RuleUse("billing.payments", "pay")]);
        rule.Severity.ShouldBe(RuleSeverity.Error);
        rule.Reach.ShouldBe(RuleReach.One);
        rule.Check(Data(5, 3)).ShouldBe(ConfigRuleOutcome.Holds);
        rule.Check(Data(3, 3)).ShouldBe(ConfigRuleOutcome.Broken);
        rule.Explain(Data(3, 4), _ => false).ShouldBe("3 < 4");

        static RuleData Data(int own, int used) => new("shop", "staging", JsonObject.Empty.With("timeout", JsonNumber.Of(own)))
        {
            Uses = [new("mail", JsonObject.Empty), new("pay", JsonObject.Empty.With("timeout", JsonNumber.Of(used)))],
        };
    }

    [Fact]
    public void A_rule_across_environments_sees_all_of_them()
    {
        var rule = RuleOf("""
            {"name": "limits", "message": "Production must allow most.", "across": "environments", "severity": "warning",
             "assert": {"all": [{"filter": [{"var": "$environments"}, {"var": "production"}]}, {">=": [{"var": "config.limit"}, 100]}]}}
            """);
        var staging = new RuleEnvironment("staging", Production: false, ObjectOf("""{"limit": 1}"""));

        rule.Severity.ShouldBe(RuleSeverity.Warning);
        rule.Check(Data(100)).ShouldBe(ConfigRuleOutcome.Holds);
        rule.Check(Data(99)).ShouldBe(ConfigRuleOutcome.Broken);

        RuleData Data(int limit) => new("shop", null, JsonObject.Empty)
        {
            Environments = [staging, new("production", Production: true, JsonObject.Empty.With("limit", JsonNumber.Of(limit)))],
        };
    }

    [Fact]
    public void A_rule_applies_when_its_condition_holds()
    {
        var rule = RuleOf("""{"name": "debug", "message": "No debug log in production.", "when": {"==": [{"var": "$environment"}, "production"]}, "assert": {"!=": [{"var": "log.level"}, "debug"]}}""");
        var debug = ObjectOf("""{"log": {"level": "debug"}}""");

        rule.Check(new("shop", "production", debug)).ShouldBe(ConfigRuleOutcome.Broken);
        rule.Check(new("shop", "staging", debug)).ShouldBe(ConfigRuleOutcome.NotApplicable);
        rule.Check(new("shop", "production", JsonObject.Empty)).ShouldBe(ConfigRuleOutcome.Holds);
        rule.Variables.ShouldBe(["$environment", "log.level"]);
    }

    [Theory]
    [InlineData("when", "assert")]
    [InlineData("assert", "when")]
    public void A_rule_that_runs_too_long_times_out(string slow, string other)
    {
        var list = $"[{string.Join(',', Enumerable.Range(0, 2_000))}]";
        var rule = RuleOf($$$"""{"name": "slow", "message": "m", "{{{slow}}}": {"map": [{{{list}}}, {"map": [{{{list}}}, 1]}]}, "{{{other}}}": true}""");

        rule.Check(new("shop", "production", JsonObject.Empty)).ShouldBe(ConfigRuleOutcome.TimedOut);
    }

    [Theory]
    [InlineData("{a.b} {a.list} {a} {none.at.all} {n}", "text (an array of 2) (an object) (not set) null")]
    [InlineData("{{a.b}} {x y}", "{a.b} spaced")]
    [InlineData("{a.list.1}, {number}, {flag}", "two, 1.5, true")]
    [InlineData("no values", "no values")]
    public void The_message_shows_values_and_never_dumps(string message, string shown)
    {
        var rule = RuleOf(JsonObject.Empty.With("name", new JsonString("r")).With("message", new JsonString(message)).With("assert", JsonBoolean.False).ToString());
        var data = new RuleData("shop", "staging", ObjectOf("""{"a": {"b": "text", "list": ["one", "two"]}, "n": null, "x y": "spaced", "number": 1.5, "flag": true}"""));

        rule.Explain(data, _ => false).ShouldBe(shown);
    }

    [Fact]
    public void A_long_value_is_clipped_and_a_secret_one_not_shown_nor_any_part_of_it()
    {
        var rule = RuleOf("""{"name": "r", "message": "{long} {db.password} {db.password.0} {db.password.length} {db.host}", "assert": false}""");
        var data = new RuleData("shop", "staging", JsonObject.Empty
            .With("long", new JsonString(new string('x', 99) + "😀 and more"))
            .With("db", ObjectOf("""{"password": "hunter2", "host": "h"}""")));

        rule.Explain(data, path => path == "db.password").ShouldBe($"{new string('x', 99)}... *** *** *** h");
    }

    [Fact]
    public void Names_of_ours_hide_properties_of_the_configuration_and_only_where_there_is_a_value()
    {
        var rule = RuleOf("""{"name": "r", "message": "{$environment} {$uses} {$other}", "assert": {"===": [{"var": ""}, 1]}}""");
        var data = new RuleData("shop", "staging", ObjectOf("""{"$environment": "mine", "$uses": "mine", "$other": "mine"}"""));

        rule.Explain(data, _ => false).ShouldBe("staging mine mine");
        rule.ReadsAnything.ShouldBeTrue();
        rule.Check(data).ShouldBe(ConfigRuleOutcome.Broken);
    }

    [Fact]
    public void All_problems_of_a_rule_are_reported_with_their_paths()
    {
        var violations = Refused("""
            {"name": "", "message": "limit {", "severity": "fatal", "across": "galaxies", "assert": {"and": [{"=<": [1, 2]}, {"!": [1, 2]}]}, "when": {"if": 1, "then": 2},
             "uses": ["db main", {"namespace": "a.b"}, {"as": "x", "of": 1}, 5, "@dependents", "mail", "mail"], "asert": 1}
            """);

        violations.Select(violation => violation.Path).ShouldBe(
            [
                "/rules/3/name", "/rules/3/severity", "/rules/3/across", "/rules/3/asert", "/rules/3/message",
                "/rules/3/uses/0", "/rules/3/uses/1", "/rules/3/uses/2/namespace", "/rules/3/uses/2/of", "/rules/3/uses/3", "/rules/3/uses/4", "/rules/3/uses/6",
                "/rules/3/when", "/rules/3/assert/and/0/=<", "/rules/3/assert/and/1/!",
            ],
            ignoreOrder: true);
        violations.ShouldAllBe(violation => violation.Address == Schema);
        violations.Single(violation => violation.Path == "/rules/3/severity").Message.ShouldBe("'severity' is \"error\" or \"warning\", and \"fatal\" is given.");
        violations.Single(violation => violation.Path == "/rules/3/uses/1").Message.ShouldContain("\"as\"");
    }

    [Theory]
    [InlineData("""{"message": "m", "assert": true}""", "/rules/3/name")]
    [InlineData("""{"name": "n", "assert": true}""", "/rules/3/message")]
    [InlineData("""{"name": "n", "message": "m"}""", "/rules/3/assert")]
    [InlineData("""{"name": "n", "message": "m", "assert": null}""", "/rules/3/assert")]
    [InlineData("""{"name": 5, "message": "m", "assert": true}""", "/rules/3/name")]
    [InlineData("""{"name": "n", "message": "{}", "assert": true}""", "/rules/3/message")]
    [InlineData("""{"name": "n", "message": "a } b", "assert": true}""", "/rules/3/message")]
    [InlineData("""{"name": "n", "message": "m", "assert": true, "uses": "mail"}""", "/rules/3/uses")]
    public void A_rule_with_a_problem_is_no_rule(string rule, string path) => Refused(rule).ShouldHaveSingleItem().Path.ShouldBe(path);

    private static ConfigRule RuleOf(string rule)
    {
        var violations = new ViolationList();
        var parsed = ConfigRule.Parse(ObjectOf(rule), Schema, "/rules/3", violations);
        violations.ToImmutable().ShouldBeEmpty();
        return parsed.ShouldNotBeNull();
    }

    private static IReadOnlyList<Violation> Refused(string rule)
    {
        var violations = new ViolationList();
        ConfigRule.Parse(ObjectOf(rule), Schema, "/rules/3", violations).ShouldBeNull();
        return violations.ToImmutable();
    }
}
