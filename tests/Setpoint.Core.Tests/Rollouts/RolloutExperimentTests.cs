using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Ledger.TestLedger;
using static Setpoint.Core.Tests.Rollouts.TestRollouts;

namespace Setpoint.Core.Tests.Rollouts;

/// <summary>What may change about a rollout while its experiment takes subjects.</summary>
public sealed class RolloutExperimentTests
{
    private const string Even = """{"weights":{"a":1,"b":1}}""";

    private readonly TestLedger _ledger = WithEnvironments();

    public RolloutExperimentTests() => _ledger.Commit(Set("config/mail/base", """{"port":25}"""), Of());

    [Theory]
    [InlineData("the shares of the arms", """{"weights":{"a":1,"b":3}}""", """{"port":26}""")]
    [InlineData("the salt of the split", """{"weights":{"a":1,"b":1},"salt":"other"}""", """{"port":26}""")]
    [InlineData("the configuration of arm 'b'", Even, """{"port":27}""")]
    public void A_change_that_assigns_subjects_in_two_ways_is_refused_within_an_iteration(string what, string split, string config)
    {
        var violation = _ledger.Violation(Of(split: split, config: config));

        (violation.Path, violation.Address!.Text).ShouldBe(("/experiment/iteration", "rollout/mail/x"));
        violation.Message.ShouldContain(what);
        violation.Message.ShouldContain("Raise 'iteration' to 2");
        _ledger.Commit(Of(split: split, config: config, iteration: 2));
    }

    [Theory]
    [InlineData("""{"weights":{"a":1,"b":1},"percentage":30}""", "", "running")]
    [InlineData("""{"weights":{"a":50,"b":50}}""", "", "running")]
    [InlineData(Even, """ "when":{"==":[{"var":"country"},"DE"]}, """, "running")]
    [InlineData(Even, "", "stopped")]
    public void Who_takes_part_may_change_and_it_may_be_stopped(string split, string when, string state)
    {
        _ledger.Commit(Of(split: split, when: when, state: state));
        _ledger.Commit(Of());
    }

    [Fact]
    public void Of_one_that_is_stopped_nobody_can_tell_whether_it_had_subjects_so_the_writer_is_warned()
    {
        _ledger.Commit(Of(state: "stopped"));

        var warning = _ledger.Judge(Of(state: "stopped", config: """{"port":27}""")).Value.Warnings.ShouldHaveSingleItem();

        warning.Message.ShouldContain("the configuration of arm 'b'");
        warning.Message.ShouldContain("If it has had subjects");
        _ledger.Judge(Of(state: "stopped", config: """{"port":27}""", iteration: 2)).Value.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Weights_that_the_split_does_not_serve_are_refused()
    {
        var violation = _ledger.Violation(Of(iteration: 2, weights: ""","weights":{"a":1,"b":2}"""));

        violation.Path.ShouldBe("/experiment/weights");
        violation.Message.ShouldContain("a 50 %, b 50 %");
    }

    [Fact]
    public void An_environment_does_not_leave_an_experiment_behind_and_what_was_left_can_be_stopped()
    {
        _ledger.Commit(Set("environment/lab", """{"parent":"production"}"""));
        string About(string state) => $$"""{"state":"{{state}}","environments":["production"],"split":{{Even}},"arms":{"a":{"config":{} },"b":{"config":{} } },"experiment":{"environment":"lab","control":"a","metrics":[{"name":"m"}]} }""";
        _ledger.Commit(Rollout("y", About("running")));

        var violation = _ledger.Violation(Set("environment/lab", """{"parent":"staging"}"""));

        (violation.Path, violation.Address!.Text).ShouldBe(("/parent", "environment/lab"));
        violation.Message.ShouldContain("rollout/mail/y");
        _ledger.Commit(Rollout("y", About("stopped")));
        _ledger.Commit(Set("environment/lab", """{"parent":"staging"}"""));
        _ledger.Commit(Rollout("y", About("stopped").Replace("\"stopped\"", "\"stopped\",\"owner\":\"ops\"", StringComparison.Ordinal)));
        _ledger.Violation(Rollout("y", About("running"))).Path.ShouldBe("/experiment/environment", "it is looked at when it starts");
    }

    [Fact]
    public void A_migration_of_the_schema_takes_arms_along_and_warns()
    {
        _ledger.Commit(Set("schema/mail", """{"version":1,"schema":{"properties":{"port":{"type":"integer"}}}}"""));

        var verdict = _ledger.Commit(Set("schema/mail",
            """{"version":2,"schema":{"properties":{"smtpPort":{"type":"integer"}}},"migrations":[{"from":1,"to":2,"steps":[{"op":"rename","from":"/port","to":"smtpPort"}]}]}"""));

        verdict.Warnings.ShouldContain(warning => warning.Message.Contains("the configuration of arm 'b'", StringComparison.Ordinal));
        _ledger.Snapshot.Rollouts().Find("mail", "x")!.Find("b")!.Config.ToString().ShouldBe("""{"smtpPort":26}""");
    }

    [Fact]
    public void A_covariate_is_refused_for_no_exposure_of_a_rollout_brings_one()
    {
        var violation = _ledger.Violation(Rollout("z",
            """{"state":"running","split":{"weights":{"a":1,"b":1}},"arms":{"a":{"config":{}},"b":{"config":{}}},"experiment":{"environment":"production","control":"a","metrics":[{"name":"m"},{"name":"n","covariate":true}]}}"""));

        violation.Path.ShouldBe("/experiment/metrics/1/covariate");
    }

    private static ProposedChange Of(
        string split = Even, string config = """{"port":26}""", string when = "", string state = "running", int iteration = 1, string weights = "") => Rollout("x",
        $$$"""{"state":"{{{state}}}",{{{when}}}"split":{{{split}}},"arms":{"a":{"config":{}},"b":{"config":{{{config}}}}},"experiment":{"environment":"production","control":"a","iteration":{{{iteration}}},"metrics":[{"name":"m"}]{{{weights}}}}}""");
}
