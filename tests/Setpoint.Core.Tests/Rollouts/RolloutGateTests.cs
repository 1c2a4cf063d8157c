using Setpoint.Core.Faults;
using Setpoint.Core.Rollouts;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Ledger.TestLedger;
using static Setpoint.Core.Tests.Rollouts.TestRollouts;

namespace Setpoint.Core.Tests.Rollouts;

/// <summary>Which rollouts are refused, and which changes because of a rollout.</summary>
public sealed class RolloutGateTests
{
    private const string Schema = """{"schema":{"type":"object","properties":{"port":{"type":"integer","minimum":1,"maximum":100}},"required":["port"]}}""";

    private readonly TestLedger _ledger = WithEnvironments();

    public RolloutGateTests() => _ledger.Commit(Set("config/mail/base", """{"port":25}"""));

    [Fact]
    public void An_arm_that_breaks_the_schema_is_refused_and_named_with_its_environments()
    {
        _ledger.Commit(Set("schema/mail", Schema));

        var violation = _ledger.Violation(Rollout("pool",
            """{"state":"running","environments":["production"],"split":{"weights":{"good":1,"bad":1}},"arms":{"good":{"config":{"port":26}},"bad":{"config":{"port":101}}}}"""));

        (violation.Path, violation.Address!.Text).ShouldBe(("/port", "rollout/mail/pool"));
        violation.Effective!.Environments.ShouldBe(["production", "production-eu"]);
        violation.Message.ShouldContain("arm 'bad' of rollout/mail/pool");
        violation.Message.ShouldNotContain("'good'");
    }

    [Fact]
    public void An_arm_that_takes_away_what_is_required_is_refused_at_the_rollout()
    {
        _ledger.Commit(Set("schema/mail", Schema));

        var violation = _ledger.Violation(Everybody("pool", """{"port":{"$unset":true}}"""));

        (violation.Code, violation.Address!.Text).ShouldBe((ViolationCode.MissingRequiredParameter, "rollout/mail/pool"));
    }

    [Fact]
    public void A_schema_that_an_arm_breaks_is_refused_unless_the_rollout_is_stopped()
    {
        _ledger.Commit(Everybody("pool", """{"port":101}"""));

        _ledger.Violation(Set("schema/mail", Schema)).Address!.Text.ShouldBe("rollout/mail/pool");
        _ledger.Commit(Rollout("pool", """{"state":"stopped","split":{"weights":{"new":1}},"arms":{"new":{"config":{"port":101}}}}"""));
        _ledger.Commit(Set("schema/mail", Schema));

        _ledger.Violation(Everybody("pool", """{"port":101}""")).Path.ShouldBe("/port", "it is looked at when it starts");
    }

    [Fact]
    public void A_change_below_that_breaks_an_arm_is_refused_and_one_that_breaks_nobody_is_not()
    {
        _ledger.Commit(Set("schema/mail", """{"schema":{},"rules":[{"name":"idle-below-size","assert":{"<=":[{"var":"idle"},{"var":"size"}]},"message":"too many idle"}]}"""),
            Set("config/mail/base", """{"size":10,"idle":1}"""));
        _ledger.Commit(Everybody("pool", """{"idle":8}""", """["staging"]"""));

        var violation = _ledger.Violation(Set("config/mail/base", """{"size":5,"idle":1}"""));

        violation.Effective!.Environments.ShouldBe(["staging"]);
        violation.Message.ShouldContain("arm 'new' of rollout/mail/pool");
        _ledger.Commit(Set("config/mail/env/production", """{"size":5}"""));
        _ledger.Commit(Set("config/mail/base", """{"size":8,"idle":1}"""));
    }

    [Fact]
    public void Arms_that_are_right_alone_and_wrong_together_are_refused()
    {
        _ledger.Commit(Set("schema/mail", """{"schema":{},"rules":[{"name":"sum","assert":{"<=":[{"+":[{"var":"a"},{"var":"b"}]},10]},"message":"too much"}]}"""),
            Set("config/mail/base", """{"a":1,"b":1}"""));
        _ledger.Commit(Everybody("one", """{"a":6}"""));

        var violation = _ledger.Violation(Everybody("two", """{"b":6}"""));

        violation.Message.ShouldContain("arm 'new' of rollout/mail/one and arm 'new' of rollout/mail/two");
        _ledger.Commit(Everybody("two", """{"b":4}"""));
    }

    [Fact]
    public void What_is_wrong_without_any_arm_is_not_said_once_more_for_each()
    {
        _ledger.Commit(Set("schema/mail", Schema), Set("config/mail/user/ann", "{}"), Everybody("one", """{"a":1}"""), Everybody("two", """{"b":1}"""));

        var violation = _ledger.Violation(Set("config/mail/base", """{"port":0}"""));

        violation.Message.ShouldNotContain("rollout");
    }

    [Fact]
    public void Settings_of_a_user_are_checked_with_each_arm()
    {
        _ledger.Commit(Set("schema/mail", """{"schema":{},"rules":[{"name":"sum","assert":{"<=":[{"+":[{"var":"a"},{"var":"b"}]},10]},"message":"too much"}]}"""),
            Set("config/mail/base", """{"a":1,"b":1}"""));
        _ledger.Commit(Everybody("one", """{"a":6}"""));

        var violation = _ledger.Violation(Set("config/mail/user/ann", """{"b":6}"""));

        violation.Effective!.User.ShouldBe("ann");
        violation.Message.ShouldContain("arm 'new' of rollout/mail/one");
    }

    [Fact]
    public void Two_rollouts_that_set_one_path_in_one_environment_are_refused_by_name()
    {
        _ledger.Commit(Everybody("one", """{"pool":{"size":8}}""", """["production"]"""));
        _ledger.Commit(Everybody("elsewhere", """{"pool":{"size":9}}""", """["staging"]"""));
        _ledger.Commit(Everybody("beside", """{"pool":{"idle":2}}""", """["production"]"""));

        var violation = _ledger.Violation(Everybody("two", """{"pool":{"size":9}}""", """["production-eu"]"""));
        _ledger.Violation(Everybody("two", """{"pool":{"$unset":true}}""", """["staging"]""")).Path.ShouldBe("/arms/new/config/pool", "it removes what the other sets");

        (violation.Path, violation.Address!.Text).ShouldBe(("/arms/new/config/pool/size", "rollout/mail/two"));
        violation.Message.ShouldContain("rollout/mail/one");
        violation.Message.ShouldContain("production-eu");
        _ledger.Snapshot.Rollouts().Find("mail", "two").ShouldBeNull();
        _ledger.Commit(Everybody("two", """{"pool":{"queue":9}}"""));
    }

    [Fact]
    public void An_environment_that_moves_below_another_brings_rollouts_together()
    {
        _ledger.Commit(Everybody("one", """{"size":8}""", """["production"]"""), Everybody("two", """{"size":9}""", """["staging"]"""));

        var violation = _ledger.Violation(Set("environment/staging", """{"parent":"production"}"""));

        violation.Address!.Text.ShouldBe("environment/staging");
        violation.Message.ShouldContain("rollout/mail/one");
    }

    [Fact]
    public void More_combinations_than_are_checked_are_refused()
    {
        for (var i = 0; i < 6; i++)
            _ledger.Commit(Everybody($"r{i}", $$"""{"key{{i}}":1}"""));

        var violation = _ledger.Violations(Everybody("r6", """{"key6":1}""")).First();

        violation.Message.ShouldContain("128 combinations");
        violation.Message.ShouldContain("64");
        _ledger.Commit(Everybody("r6", "{}"));
    }

    [Fact]
    public void A_reference_of_an_arm_that_leads_nowhere_is_refused()
    {
        var violation = _ledger.Violation(Everybody("pool", """{"port":"${config:nowhere/port}"}"""));

        violation.Address!.Text.ShouldBe("rollout/mail/pool");
        _ledger.Commit(Set("config/chat/base", """{"port":5}"""), Everybody("pool", """{"port":"${config:chat/port}"}"""));
        _ledger.Violation(Set("config/chat/base", "{}")).Message.ShouldContain("arm 'new' of rollout/mail/pool");
    }

    [Fact]
    public void Names_that_differ_in_case_from_those_of_layers_or_other_arms_are_refused()
    {
        _ledger.Violation(Everybody("pool", """{"Port":26}""")).Message.ShouldContain("config/mail/base");
        _ledger.Commit(Everybody("pool", """{"size":26}"""));

        _ledger.Violation(Set("config/global/base", """{"Size":1}""")).Message.ShouldContain("rollout/mail/pool");
        _ledger.Violation(Everybody("other", """{"SIZE":1}""", """["staging"]""")).Message.ShouldContain("rollout/mail/pool");
        _ledger.Commit(Set("config/chat/base", """{"Size":1}"""));
    }

    [Fact]
    public void All_that_is_wrong_with_the_shape_is_said_at_once()
    {
        _ledger.Violations(Rollout("pool",
                """{"state":"paused","environments":[],"split":{"weights":{"nobody":1},"percentage":101},"arms":{"new":{"config":{"a":[{"$unset":true}]}},"old":{}},"steps":[],"experiment":{"environment":"production","control":"none","metrics":[]}}"""))
            .Select(violation => violation.Path)
            .ShouldBe(["/state", "/arms/new/config/a/0/$unset", "/arms/old/config", "/split/percentage", "/split/weights/nobody", "/experiment/control", "/experiment/metrics", "/environments", "/steps"], ignoreOrder: true);
    }

    [Fact]
    public void What_a_rollout_names_must_exist_and_go_on_existing()
    {
        _ledger.Violation(Everybody("pool", "{}", """["moon"]""")).Path.ShouldBe("/environments/0");
        _ledger.Violation(Rollout("pool", """{"state":"stopped","when":{"segment":"staff"},"split":{"weights":{"new":1}},"arms":{"new":{"config":{}}}}""")).Path.ShouldBe("/when/segment/0");
        _ledger.Violation(Set("rollout/nowhere/pool", """{"state":"stopped","split":{"weights":{"new":1}},"arms":{"new":{"config":{}}}}""")).Message.ShouldContain("does not exist");

        _ledger.Commit(Set("segment/mail/staff", """{"included":["eve"]}"""));
        _ledger.Commit(Rollout("pool", """{"state":"running","environments":["staging"],"when":{"segment":"staff"},"split":{"weights":{"new":1}},"arms":{"new":{"config":{}}}}"""));

        _ledger.Violation(Remove("segment/mail/staff")).Message.ShouldContain("rollout/mail/pool");
        _ledger.Violation(Remove("environment/staging")).Message.ShouldContain("rollout/mail/pool");
        _ledger.Violations(Remove("config/mail/base"), Remove("namespace/mail")).ShouldContain(violation => violation.Message.Contains("still has rollout/mail/pool", StringComparison.Ordinal));
    }

    [Fact]
    public void A_condition_that_reads_the_clock_is_refused_also_through_a_segment()
    {
        const string clock = """{"<":[{"var":"$flagd.timestamp"},1]}""";
        _ledger.Violation(Rollout("pool", $$$"""{"state":"running","when":{{{clock}}},"split":{"weights":{"new":1}},"arms":{"new":{"config":{} } } }""")).Path.ShouldBe("/when");
        _ledger.Commit(Set("segment/mail/late", $$"""{"when":{{clock}}}"""), Set("segment/mail/staff", """{"included":["eve"]}"""));
        _ledger.Violation(Rollout("pool", """{"state":"running","when":{"segment":"late"},"split":{"weights":{"new":1}},"arms":{"new":{"config":{}}}}""")).Path.ShouldBe("/when");
        _ledger.Commit(Rollout("pool", """{"state":"running","when":{"segment":"staff"},"split":{"weights":{"new":1}},"arms":{"new":{"config":{}}}}"""));

        _ledger.Violation(Set("segment/mail/staff", $$"""{"when":{{clock}}}""")).Message.ShouldContain("rollout/mail/pool");
    }

    [Theory]
    [InlineData("stopped", "/arms/new/config/password")]
    [InlineData("running", "/password")]
    public void A_secret_in_plain_text_is_refused_in_a_draft_as_well_and_never_shown(string state, string path)
    {
        _ledger.Commit(Set("schema/mail", """{"schema":{"properties":{"password":{"type":"string","secret":true}}}}"""));
        string Of(string password) => $$"""{"state":"{{state}}","split":{"weights":{"new":1} },"arms":{"new":{"config":{"password":"{{password}}"} } } }""";

        var violation = _ledger.Violation(Rollout("pool", Of("hunter2")));

        violation.Path.ShouldBe(path);
        violation.Message.ShouldContain("is secret");
        violation.Message.ShouldNotContain("hunter2");
        _ledger.Commit(Rollout("pool", Of("${secret:smtp}")));
    }

    [Fact]
    public void A_segment_that_hides_one_with_a_clock_stays()
    {
        _ledger.Commit(Set("segment/mail/staff", """{"included":["ann"]}"""));
        _ledger.Commit(Rollout("pool", """{"state":"running","when":{"segment":"staff"},"split":{"weights":{"new":1}},"arms":{"new":{"config":{}}}}"""));
        _ledger.Commit(Set("segment/global/staff", """{"when":{">":[{"var":"$flagd.timestamp"},1000]}}"""));

        _ledger.Violation(Remove("segment/mail/staff")).Message.ShouldContain("rollout/mail/pool");
    }

    [Theory]
    [InlineData("rollout/x")]
    [InlineData("rollout/a/b/c")]
    [InlineData("flag/x")]
    [InlineData("segment/x")]
    [InlineData("config/x")]
    [InlineData("schema/a/b")]
    [InlineData("namespace/a/b")]
    [InlineData("environment/a/b")]
    [InlineData("template/a/b")]
    [InlineData("service/a/b")]
    public void An_address_that_no_document_of_its_kind_has_is_refused(string address) =>
        _ledger.Violations(Set(address, "{}")).ShouldContain(violation => violation.Address!.Text == address);

    [Fact]
    public void An_experiment_is_held_to_the_rollout()
    {
        string Of(string environment, string split, string environments) =>
            $$$"""{"state":"running","environments":{{{environments}}},"split":{{{split}}},"arms":{"a":{"config":{}},"b":{"config":{} } },"experiment":{"environment":"{{{environment}}}","control":"a","metrics":[{"name":"m"}]} }""";

        _ledger.Violation(Rollout("x", Of("staging", """{"weights":{"a":1,"b":1}}""", """["production"]"""))).Path.ShouldBe("/experiment/environment");
        _ledger.Violation(Rollout("x", Of("moon", """{"weights":{"a":1,"b":1}}""", """["production"]"""))).Path.ShouldBe("/experiment/environment");
        _ledger.Violation(Rollout("x", Of("production", """{"weights":{"a":1}}""", """["production"]"""))).Path.ShouldBe("/experiment");
        _ledger.Violation(Rollout("x", Of("production", """{"by":"account","weights":{"a":1,"b":1}}""", """["production"]"""))).Path.ShouldBe("/split/by");
        _ledger.Commit(Rollout("x", Of("production-eu", """{"percentage":10,"weights":{"a":1,"b":3}}""", """["production"]""")));

        _ledger.Violations(Remove("environment/production-eu")).ShouldContain(violation => violation.Message.Contains("rollout/mail/x", StringComparison.Ordinal));
    }

    [Fact]
    public void A_new_version_of_a_schema_brings_the_arms_along()
    {
        _ledger.Commit(Set("schema/mail", """{"version":1,"schema":{"properties":{"port":{"type":"integer"}},"additionalProperties":false}}"""));
        _ledger.Commit(Rollout("pool", """{"state":"running","split":{"weights":{"a":1,"b":1}},"arms":{"a":{"config":{}},"b":{"description":"d","config":{"port":26}}}}"""));

        _ledger.Commit(Set("schema/mail",
            """{"version":2,"schema":{"properties":{"smtpPort":{"type":"integer"}},"additionalProperties":false},"migrations":[{"from":1,"to":2,"steps":[{"op":"rename","from":"/port","to":"smtpPort"}]}]}"""));

        _ledger.Snapshot.Rollouts().Find("mail", "pool")!.Document!.Body!["arms"]!.ToString()
            .ShouldBe("""{"a":{"config":{}},"b":{"description":"d","config":{"smtpPort":26}}}""");
    }
}
