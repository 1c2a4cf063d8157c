using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
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

        Shares().ShouldBe([new("off", 0.4 * 0.25 + 1 - 0.4), new("on", 0.4 * 0.75)]);
    }

    [Fact]
    public void Weights_of_the_experiment_come_before_those_of_the_split()
    {
        Commit(Body(""","weights":{"off":9,"on":1}"""));

        Shares().ShouldBe([new("off", 9), new("on", 1)]);
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
        _ledger.Commit(FlagOf(Body(""","weights":{"off":1,"on":1}"""), more: Steps));
    }

    [Fact]
    public void The_environment_of_an_experiment_is_not_removed_from_under_it()
    {
        _ledger.Commit(FlagOf("""{"environment":"staging","control":"off","metrics":[{"name":"m"}]}"""));

        _ledger.Violation(TestLedger.Remove("environment/staging")).Message.ShouldContain("flag/shop/flag");
    }

    private static string Body(string more) => $$"""{"environment":"production","control":"off","metrics":{{Metrics}}{{more}}}""";

    private static ProposedChange FlagOf(string experiment, string split = """{"weights":{"off":50,"on":50}}""", string more = "") => TestFlags.Flag("flag",
        $$"""{"variants":{"on":true,"off":false},"defaultVariant":"off","split":{{split}},"experiment":{{experiment}}{{more}}}""");

    private FlagExperiment Commit(string experiment, string split = """{"weights":{"off":50,"on":50}}""")
    {
        _ledger.Commit(FlagOf(experiment, split));
        return Flag.Experiment.ShouldNotBeNull();
    }

    private Flag Flag => _ledger.Snapshot.Flags().Find(TestFlags.Namespace, "flag")!;

    private IEnumerable<ExperimentShare> Shares() => ExperimentShares.Of(Flag, _ledger.Snapshot.Environments().ChainOf("production")).Value;
}
