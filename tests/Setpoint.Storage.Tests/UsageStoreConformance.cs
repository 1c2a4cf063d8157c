using System.Collections.Immutable;
using Setpoint.Core.Statistics;

namespace Setpoint.Storage.Tests;

/// <summary>What every <see cref="IUsageStore"/> promises. A store inherits this and says how to make one.</summary>
public abstract class UsageStoreConformance : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly ExperimentId Checkout = new("shop", "checkout", "production", 1);
    private static readonly ImmutableArray<ObservedMetric> Both = [new("purchase", true), new("spent", false)];

    private protected ManualTime Time { get; } = new() { Now = Noon };

    private IUsageStore Store { get; set; } = null!;

    public ValueTask InitializeAsync()
    {
        Store = Create();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Destroy();
        GC.SuppressFinalize(this);
    }

    /// <summary>A store over the same place each time; empty at first.</summary>
    private protected abstract IUsageStore Create();

    private protected abstract void Destroy();

    [Fact]
    public async Task Counts_of_the_same_hour_add_up_and_are_there_after_a_restart()
    {
        await AddAsync(Count("checkout", "on", Noon, 5), Count("checkout", null, Noon, 1), Count("other", "on", Noon, 7));
        await AddAsync(Count("checkout", "on", Noon, 3), Count("checkout", "on", Noon.AddHours(1), 2));
        await ReopenAsync();

        (await ReadAsync("checkout", Noon, Noon.AddHours(2))).ShouldBe([
            Count("checkout", null, Noon, 1), Count("checkout", "on", Noon, 8), Count("checkout", "on", Noon.AddHours(1), 2)]);
        (await ReadAsync("checkout", Noon.AddHours(1), Noon.AddHours(2))).ShouldBe([Count("checkout", "on", Noon.AddHours(1), 2)]);
        (await ReadAsync(null, Noon, Noon.AddHours(1))).Sum(row => row.Count).ShouldBe(16);
    }

    [Fact]
    public async Task An_environment_or_another_namespace_does_not_show_in_a_read_of_one()
    {
        await AddAsync(
            Count("checkout", "on", Noon, 1),
            new(new("shop", "checkout", "staging", "on", "SPLIT"), Noon, 10),
            new(new("mail", "checkout", "production", "on", "SPLIT"), Noon, 100));

        (await Store.ReadCountsAsync("shop", "checkout", "production", Noon, Noon.AddHours(1), None)).Sum(row => row.Count).ShouldBe(1);
        (await Store.ReadCountsAsync("shop", "checkout", null, Noon, Noon.AddHours(1), None)).Sum(row => row.Count).ShouldBe(11);
    }

    [Fact]
    public async Task Sketches_of_keys_are_merged_by_day_and_over_days()
    {
        (await Store.ReadKeysAsync("shop", "checkout", null, Noon, Noon.AddDays(1), None)).ShouldBeNull();
        await AddKeysAsync(Noon.Date, 0, 600);
        await AddKeysAsync(Noon.Date, 400, 1000);
        await AddKeysAsync(Noon.Date.AddDays(1), 900, 1500);

        await ShouldEstimateAsync(Noon, Noon.AddHours(1), 1000);
        await ShouldEstimateAsync(Noon, Noon.AddDays(1), 1500);
        await ShouldEstimateAsync(Noon.AddDays(1), Noon.AddDays(2), 600);
    }

    [Fact]
    public async Task Use_is_summed_by_variant_with_the_last_hour()
    {
        await AddAsync(Count("checkout", "on", Noon.AddDays(-2), 1), Count("checkout", "on", Noon, 2), Count("checkout", "off", Noon.AddDays(-9), 4));

        (await Store.ReadUseAsync("shop", null, Noon.AddDays(-3), None)).ShouldBe([new("shop", "checkout", "on", 3, Noon)]);
        (await Store.ReadUseAsync(null, "production", Noon.AddDays(-10), None)).Count.ShouldBe(2);
        (await Store.ReadUseAsync(null, "staging", Noon.AddDays(-10), None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_start_of_counting_is_kept()
    {
        (await Store.ReadStartAsync(None)).ShouldBe(Noon);
        Time.Now = Noon.AddDays(5);
        await ReopenAsync();

        (await Store.ReadStartAsync(None)).ShouldBe(Noon);
    }

    [Fact]
    public async Task What_is_older_than_the_retention_is_removed_and_nothing_else()
    {
        for (var flag = 0; flag < 1200; flag++)
            await AddAsync(Count($"old-{flag}", "on", Noon.AddDays(-100), 1));
        await AddAsync(Count("checkout", "on", Noon.AddDays(-91), 1), Count("checkout", "on", Noon.AddDays(-89), 2));
        await AddKeysAsync(Noon.Date.AddDays(-91), 0, 10);
        await AddKeysAsync(Noon.Date.AddDays(-89), 100, 110);
        await ObserveAsync(Noon.AddDays(-91), [Exposed(1, "on", Noon.AddDays(-91))], []);

        var parts = 0;
        while (await Store.RemoveBeforeAsync(Noon.AddDays(-90), None))
            (++parts).ShouldBeLessThan(20);

        parts.ShouldBeGreaterThan(1, "it goes in parts");
        (await ReadAsync(null, Noon.AddDays(-200), Noon)).ShouldBe([Count("checkout", "on", Noon.AddDays(-89), 2)]);
        (await Store.ReadKeysAsync("shop", "checkout", null, Noon.AddDays(-200), Noon, None))!.Estimate().ShouldBe(10, 0.5);
        (await SampleAsync()).Arms.ShouldBeEmpty();
        await AddAsync(Count("old-7", "on", Noon, 1));
        (await ReadAsync("old-7", Noon, Noon.AddHours(1))).ShouldHaveSingleItem().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_subject_that_did_nothing_is_a_zero_and_one_that_did_much_is_one_observation()
    {
        var outcome = await ObserveAsync(Noon,
            [Exposed(1, "on"), Exposed(2, "on"), Exposed(3, "off")],
            [Did(1, "purchase", 1), Did(1, "purchase", 1), Did(1, "spent", 10), Did(1, "spent", 5), Did(3, "spent", 2)]);

        outcome.ShouldBe(new ObservationOutcome { Enrolled = 3, Observed = 5 });
        var sample = await SampleAsync();
        sample.First.ShouldBe(Noon);
        sample.Arms.Select(arm => (arm.Arm, arm.Units, arm.Switched)).ShouldBe([("off", 1, 0), ("on", 2, 0)]);
        sample.Arms[1].Moments[0].ShouldBe(SampleMoments.OfConversions(2, 1));
        sample.Arms[1].Moments[1].ShouldBe(SampleMoments.Empty.Add(15).Add(0));
        sample.Arms[0].Moments[0].ShouldBe(SampleMoments.OfConversions(1, 0));
    }

    [Fact]
    public async Task The_first_exposure_fixes_the_arm()
    {
        await ObserveAsync(Noon, [Exposed(1, "on")], []);
        var outcome = await ObserveAsync(Noon.AddHours(1), [Exposed(1, "off"), Exposed(1, "on")], [Did(1, "purchase", 1)]);

        outcome.ShouldBe(new ObservationOutcome { Switched = 1, Known = 1, Observed = 1 });
        var on = (await SampleAsync()).Arms.Single(arm => arm.Arm == "on");
        (on.Units, on.Switched, on.Moments[0].Mean).ShouldBe((1, 1, 1));
        (await SampleAsync()).Arms.Single(arm => arm.Arm == "off").Units.ShouldBe(0);
    }

    [Fact]
    public async Task What_a_subject_did_before_it_was_exposed_or_without_it_does_not_count()
    {
        var outcome = await ObserveAsync(Noon, [Exposed(1, "on")], [Did(1, "purchase", 1, Noon.AddSeconds(-1)), Did(2, "purchase", 1)]);

        outcome.ShouldBe(new ObservationOutcome { Enrolled = 1, Unexposed = 2 });
        (await SampleAsync()).Arms.ShouldHaveSingleItem().Moments[0].Mean.ShouldBe(0);
    }

    [Fact]
    public async Task A_covariate_comes_with_the_first_exposure_and_counts_as_0_where_there_is_none()
    {
        await ObserveAsync(Noon,
            [Exposed(1, "on") with { Covariates = [new("spent", 3)] }, Exposed(2, "on") with { Covariates = [new("spent", 5)] }, Exposed(3, "on")],
            [Did(1, "spent", 30)]);
        await ObserveAsync(Noon, [Exposed(1, "on") with { Covariates = [new("spent", 99)] }], []);

        (await SampleAsync()).Arms.ShouldHaveSingleItem().Moments[1].ShouldSatisfyAllConditions(
            spent => spent.Count.ShouldBe(3),
            spent => spent.Mean.ShouldBe(10, 1e-12),
            spent => spent.CovariateMean.ShouldBe(8 / 3.0, 1e-12));
    }

    [Fact]
    public async Task A_full_experiment_takes_nobody_new_and_observes_those_it_has()
    {
        await ObserveAsync(Noon, [Exposed(1, "on")], [], unitsMax: 1);
        var outcome = await ObserveAsync(Noon, [Exposed(2, "on"), Exposed(1, "on")], [Did(1, "purchase", 1), Did(2, "purchase", 1)], unitsMax: 1);

        outcome.ShouldBe(new ObservationOutcome { Full = 1, Known = 1, Observed = 1, Unexposed = 1 });
        (await SampleAsync()).Arms.ShouldHaveSingleItem().Units.ShouldBe(1);
    }

    [Fact]
    public async Task A_batch_that_is_sent_again_has_no_second_effect_for_a_day()
    {
        Exposure[] exposed = [Exposed(1, "on")];
        await ObserveAsync(Noon, exposed, [Did(1, "spent", 10)], id: 42);
        (await ObserveAsync(Noon.AddHours(23), exposed, [Did(1, "spent", 10)], id: 42)).ShouldBe(new ObservationOutcome { IsRepeat = true });
        await ReopenAsync();
        (await SampleAsync()).Arms[0].Moments[1].Mean.ShouldBe(10);

        (await ObserveAsync(Noon.AddHours(23), exposed, [Did(1, "spent", 99)], id: 42, content: 2)).ShouldBe(new ObservationOutcome { IsOther = true });
        (await SampleAsync()).Arms[0].Moments[1].Mean.ShouldBe(10);

        (await ObserveAsync(Noon.AddHours(25), exposed, [Did(1, "spent", 10)], id: 42)).Observed.ShouldBe(1);
        (await SampleAsync()).Arms[0].Moments[1].Mean.ShouldBe(20);
    }

    [Fact]
    public async Task The_next_iteration_begins_with_nothing()
    {
        await ObserveAsync(Noon, [Exposed(1, "on")], []);

        (await Store.ReadExperimentAsync(Checkout with { Iteration = 2 }, Both, None)).ShouldBe(ExperimentSample.Empty);
    }

    private protected async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = Create();
    }

    private static UsageCount Count(string flag, string? variant, DateTimeOffset hour, long count) =>
        new(new("shop", flag, "production", variant, "SPLIT"), hour, count);

    private Task AddAsync(params UsageCount[] counts) => Store.AddAsync(new(counts, []), None);

    private Task<IReadOnlyList<UsageCount>> ReadAsync(string? flag, DateTimeOffset from, DateTimeOffset to) =>
        Store.ReadCountsAsync("shop", flag, null, from, to, None);

    private Task AddKeysAsync(DateTime day, int first, int end)
    {
        var keys = new HyperLogLog(UsageKeys.Precision);
        for (var i = first; i < end; i++)
            keys.Add($"user-{i}");
        return Store.AddAsync(new([], [new("shop", "checkout", "production", new(day, TimeSpan.Zero), keys)]), None);
    }

    private async Task ShouldEstimateAsync(DateTimeOffset from, DateTimeOffset to, double expected) =>
        (await Store.ReadKeysAsync("shop", "checkout", null, from, to, None)).ShouldNotBeNull().Estimate().ShouldBe(expected, 0.05 * expected);

    private static Exposure Exposed(long unit, string arm, DateTimeOffset? at = null) => new(unit, arm, at ?? Noon, []);

    private static Observation Did(long unit, string metric, double value, DateTimeOffset? at = null) => new(unit, metric, value, at ?? Noon);

    private Task<ObservationOutcome> ObserveAsync(
        DateTimeOffset at, IEnumerable<Exposure> exposures, IEnumerable<Observation> observations, long? id = null, int unitsMax = 1000, long content = 1) =>
        Store.ObserveAsync(new(Checkout, id is { } name ? new BatchId(name, content) : null, at, [.. exposures], [.. observations], unitsMax), None);

    private Task<ExperimentSample> SampleAsync() => Store.ReadExperimentAsync(Checkout, Both, None);
}
