using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Experiments;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Statistics;
using Setpoint.Core.Tests.Ledger;

namespace Setpoint.Core.Tests.Flags;

/// <summary>A flag that is marked as an experiment.</summary>
public sealed class ExperimentTests
{
    private const string Metrics = """[{"name":"purchase"}]""";

    private readonly TestLedger _ledger = TestLedger.WithEnvironments();

    [Fact]
    public void An_experiment_is_read_with_its_defaults()
    {
        var experiment = Commit("""{"environment":"production","control":"off","metrics":[{"name":"purchase"},{"name":"latency","kind":"mean","better":"decrease","covariate":true}]}""");

        experiment.Metrics.ShouldBe([
            new("purchase", MetricKind.Conversion, MetricDirection.Increase, false),
            new("latency", MetricKind.Continuous, MetricDirection.Decrease, true)]);
        experiment.Iteration.ShouldBe(1);
        experiment.Options.ShouldBe(new ExperimentOptions());
    }

    [Fact]
    public void The_arms_share_what_the_split_gives_them_and_the_default_variant_has_the_rest()
    {
        Commit(Body(""), """{"percentage":40,"weights":{"off":1,"on":3}}""");

        Shares().ShouldBe([new("off", 0.4 * 0.25 + (1 - 0.4)), new("on", 0.4 * 0.75)]);
    }

    [Fact]
    public void Weights_of_the_experiment_name_its_arms_and_have_to_be_those_of_the_split()
    {
        Commit(Body(""","weights":{"off":5,"on":5}"""), """{"weights":{"off":50,"on":50,"staff":3}}""");

        Shares().ShouldBe([new("off", 5), new("on", 5)]);
        var refused = _ledger.Violation(FlagOf(Body(""","iteration":2,"weights":{"off":9,"on":1}""")));
        refused.Path.ShouldBe("/experiment/weights");
        refused.Message.ShouldContain("off 50 %, on 50 % instead of off 90 %, on 10 %");
    }

    [Theory]
    [InlineData("", "/experiment/environment", ViolationCode.MissingRequiredParameter)]
    [InlineData(""" "environment":"nowhere","control":"off","metrics":[{"name":"m"}] """, "/experiment/environment", ViolationCode.UnknownReference)]
    [InlineData(""" "environment":"production","control":"of","metrics":[{"name":"m"}] """, "/experiment/control", ViolationCode.UnknownReference)]
    [InlineData(""" "environment":"production","control":"off","metrics":[] """, "/experiment/metrics", ViolationCode.ConstraintViolation)]
    [InlineData(""" "environment":"production","control":"off","metrics":[{"name":"m"},{"name":"m"}] """, "/experiment/metrics/1/name", ViolationCode.ConstraintViolation)]
    [InlineData(""" "environment":"production","control":"off","metrics":[{"name":"m","kind":"median"}] """, "/experiment/metrics/0/kind", ViolationCode.ConstraintViolation)]
    [InlineData(""" "environment":"production","control":"off","metrics":[{"name":"m"}],"alpha":1 """, "/experiment/alpha", ViolationCode.ConstraintViolation)]
    [InlineData(""" "environment":"production","control":"off","metrics":[{"name":"m"}],"weights":{"on":1} """, "/experiment/weights", ViolationCode.ConstraintViolation)]
    [InlineData(""" "environment":"production","control":"off","metrics":[{"name":"m"}],"weights":{"off":0,"on":1} """, "/experiment/weights/off", ViolationCode.ConstraintViolation)]
    [InlineData(""" "environment":"production","control":"off","metrics":[{"name":"m"}],"colour":"red" """, "/experiment/colour", ViolationCode.MalformedDocument)]
    public void What_is_wrong_with_an_experiment_is_refused_with_its_place(string members, string path, string code) =>
        _ledger.Violations(FlagOf("{" + members + "}")).ShouldContain(violation => violation.Path == path && violation.Code == code);

    [Theory]
    [InlineData("null", "serves no split")]
    [InlineData("""{"weights":{"on":1}}""", "served to nobody")]
    [InlineData("""{"weights":{"off":1}}""", "Only the control")]
    public void An_experiment_whose_arms_nobody_can_know_is_refused_with_the_reason(string split, string reason) =>
        _ledger.Violation(FlagOf(Body(""), split)).Message.ShouldContain(reason);

    [Fact]
    public void A_split_that_a_schedule_changes_needs_weights()
    {
        const string Steps = ""","schedule":{"steps":[{"at":"2026-12-01","percentage":50}]}""";

        _ledger.Violation(FlagOf(Body(""), more: Steps)).Message.ShouldContain("schedule");
        _ledger.Commit(FlagOf(Body(""","weights":{"off":1,"on":1}"""), more: Steps, fallback: "staff"));
    }

    [Theory]
    [InlineData("""{"at":"2026-12-01","percentage":50}""", "off", "off 75 %, on 25 % instead of off 50 %, on 50 %")]
    [InlineData("""{"at":"2026-12-01","split":{"weights":{"off":1,"on":3}}}""", "staff", "the weights of the split from off 50 %, on 50 % to off 25 %, on 75 %")]
    [InlineData("""{"at":"2026-12-01","split":{"salt":"2","weights":{"off":50,"on":50}}}""", "staff", "the salt of the split")]
    [InlineData("""{"at":"2026-12-01","split":{"by":"account","weights":{"off":50,"on":50}}}""", "staff", "from 'targetingKey' to 'account'")]
    public void A_step_that_would_assign_subjects_otherwise_is_refused_with_what_it_changes(string step, string fallback, string says)
    {
        var refused = _ledger.Violation(FlagOf(Body(""","weights":{"off":1,"on":1}"""), more: $$""","schedule":{"steps":[{{step}}]}""", fallback: fallback));

        refused.Path.ShouldBe("/experiment");
        refused.Message.ShouldContain("The step of 2026-12-01T00:00:00Z");
        refused.Message.ShouldContain(says);
    }

    [Theory]
    [InlineData("""{"weights":{"off":90,"on":10}}""", "the shares of the arms from off 50 %, on 50 % to off 90 %, on 10 %")]
    [InlineData("""{"percentage":50,"weights":{"off":50,"on":50}}""", "to off 75 %, on 25 %")]
    [InlineData("""{"salt":"next","weights":{"off":50,"on":50}}""", "the salt of the split")]
    [InlineData("""{"by":"account","weights":{"off":50,"on":50}}""", "what the split hashes from 'targetingKey' to 'account'")]
    [InlineData("""{"weights":{"off":50,"on":50,"staff":50}}""", "staff 33.333 %")]
    public void Another_split_takes_another_iteration(string split, string says)
    {
        Commit(Body(""));
        var before = Flag.Body;

        var refused = _ledger.Violation(FlagOf(Body(""), split));

        (refused.Path, refused.Code).ShouldBe(("/experiment/iteration", ViolationCode.ConstraintViolation));
        refused.Message.ShouldContain(says);
        refused.Message.ShouldContain("Raise 'iteration' to 2");
        Flag.Body.ShouldBeSameAs(before);
        Commit(Body(""","iteration":2"""), split).Iteration.ShouldBe(2);
    }

    [Fact]
    public void So_does_another_value_of_an_arm_and_another_targeting_and_not_another_value_of_a_variant_that_is_no_arm()
    {
        const string Experiment = """{"environment":"production","control":"off","metrics":[{"name":"m"}],"weights":{"off":1,"on":1}}""";
        string Flagged(string on, string staff, string key) => $$"""
            {"variants":{"on":"{{on}}","off":"old","staff":"{{staff}}"},"targeting":{"fractional":[{"var":"{{key}}"},["on",1],["off",1]]},"experiment":{{Experiment}}}
            """;
        _ledger.Commit(TestFlags.Flag("flag", Flagged("new", "a", "targetingKey")));

        _ledger.Commit(TestFlags.Flag("flag", Flagged("new", "b", "targetingKey")));
        _ledger.Violation(TestFlags.Flag("flag", Flagged("newer", "b", "targetingKey"))).Message.ShouldContain("the value of variant 'on'");
        _ledger.Violation(TestFlags.Flag("flag", Flagged("new", "b", "account"))).Message.ShouldContain("changes the targeting");
    }

    [Fact]
    public void What_assigns_nobody_otherwise_needs_no_iteration()
    {
        Commit(Body(""","weights":{"off":1,"on":1}"""), """{"percentage":10,"weights":{"off":50,"on":50}}""", "staff");

        // More subjects, another unit, a name, an owner, a metric, a salt that is the key; off in a hurry, and gone.
        Commit(Body(""","weights":{"off":1,"on":1}"""), """{"percentage":100,"weights":{"off":50,"on":50}}""", "staff");
        Commit(Body(""","weights":{"off":10,"on":10}"""), """{"salt":"flag","weights":{"off":1,"on":1}}""", "staff");
        Commit(Body(""","alpha":0.01"""));
        _ledger.Commit(FlagOf(Body(""), more: ""","owner":"web","state":"disabled" """));
        _ledger.Commit(TestFlags.Flag("flag", """{"variants":{"on":true,"off":false,"staff":true},"split":{"weights":{"on":1}}}"""));
    }

    [Fact]
    public void A_step_that_has_come_is_what_holds_when_the_split_is_written_anew()
    {
        const string Weights = ""","weights":{"off":1,"on":1}""";
        _ledger.Commit(FlagOf(Body(Weights), """{"percentage":5,"weights":{"off":1,"on":1}}""", ""","schedule":{"steps":[{"at":"2026-12-01","percentage":50}]}""", "staff"));
        _ledger.Now = new(2026, 12, 2, 0, 0, 0, TimeSpan.Zero);

        _ledger.Commit(FlagOf(Body(Weights), """{"percentage":50,"weights":{"off":1,"on":1}}""", fallback: "staff"));
    }

    [Fact]
    public void What_a_step_has_ended_says_nothing_of_the_shares()
    {
        _ledger.Now = new(2026, 12, 2, 0, 0, 0, TimeSpan.Zero);

        _ledger.Commit(FlagOf(
            Body(""","weights":{"off":1,"on":1}"""), """{"weights":{"off":9,"on":1}}""", ""","schedule":{"steps":[{"at":"2026-12-01","split":{"weights":{"off":1,"on":1}}}]}"""));
    }

    [Fact]
    public void An_iteration_that_goes_back_is_warned_of()
    {
        Commit(Body(""","iteration":2"""));

        var verdict = _ledger.Commit(FlagOf(Body(""), """{"weights":{"off":90,"on":10}}"""));

        verdict.Warnings.ShouldHaveSingleItem().Message.ShouldContain("from iteration 2 to 1");
    }

    [Fact]
    public void An_environment_that_would_inherit_another_split_is_not_moved_under_a_running_experiment()
    {
        _ledger.Commit(TestFlags.Flag("flag", """
            {"variants":{"on":true,"off":false},"split":{"weights":{"off":50,"on":50}},"environments":{"staging":{"split":{"weights":{"off":1,"on":9}}}},
             "experiment":{"environment":"production-eu","control":"off","metrics":[{"name":"m"}]}}
            """));

        var refused = _ledger.Violation(TestLedger.Set("environment/production-eu", """{"parent":"staging"}"""));

        (refused.Address!.Text, refused.Path).ShouldBe(("flag/shop/flag", "/experiment/iteration"));
        _ledger.Commit(TestLedger.Set("environment/production-eu", """{"parent":"production","production":true}"""));
    }

    [Fact]
    public void The_environment_of_an_experiment_is_not_removed_from_under_it()
    {
        _ledger.Commit(FlagOf("""{"environment":"staging","control":"off","metrics":[{"name":"m"}]}"""));

        _ledger.Violation(TestLedger.Remove("environment/staging")).Message.ShouldContain("flag/shop/flag");
    }

    private static string Body(string more) => $$"""{"environment":"production","control":"off","metrics":{{Metrics}}{{more}}}""";

    private static ProposedChange FlagOf(
        string experiment, string split = """{"weights":{"off":50,"on":50}}""", string more = "", string fallback = "off") => TestFlags.Flag("flag",
        $$"""{"variants":{"on":true,"off":false,"staff":true},"defaultVariant":"{{fallback}}","split":{{split}},"experiment":{{experiment}}{{more}}}""");

    private FlagExperiment Commit(string experiment, string split = """{"weights":{"off":50,"on":50}}""", string fallback = "off")
    {
        _ledger.Commit(FlagOf(experiment, split, fallback: fallback));
        return Flag.Experiment.ShouldNotBeNull();
    }

    private Flag Flag => _ledger.Snapshot.Flags().Find(TestFlags.Namespace, "flag")!;

    private IEnumerable<ExperimentShare> Shares() => ExperimentShares.Of(Flag, _ledger.Snapshot.Environments().ChainOf("production")).Value;
}
