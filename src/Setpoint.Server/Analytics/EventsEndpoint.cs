using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Server.Http;
using Setpoint.Server.Process;
using Setpoint.Server.Rollouts;
using Setpoint.Storage;

namespace Setpoint.Server.Analytics;

/// <summary><c>POST /api/metrics/events</c>: who saw which variant of an experiment, and what they did.</summary>
internal sealed class EventsEndpoint(RunningExperiments experiments, ArmObserver arms, IUsageStore store, AnalyticsMetrics metrics, ServerSettings settings, TimeProvider time) : IDisposable
{
    /// <summary>Subjects of one experiment: 100 MB with three metrics, and a look at them takes a second.</summary>
    internal const int UnitsMax = 1_000_000;

    // The store writes one after another; more would only wait inside of it, each with its batch.
    private const int WritersMax = 16;

    private readonly SemaphoreSlim _writers = new(WritersMax);

    public async Task HandleAsync(HttpContext context)
    {
        var violations = new ViolationList();
        var fault = new QueryReader(context.Request).Finish();
        if (fault is not null
            || !(await RequestBody.ReadObjectAsync(context, RequestBody.OneDocument)).TryGet(out var json, out fault)
            || !ObservationReader.Read(json, violations).TryGet(out var reported, out fault)
            || !Find(reported).TryGet(out var experiment, out fault)
            || (fault = CheckPlace(experiment, reported) ?? CheckMetrics(experiment, reported, violations)) is not null)
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var now = time.GetUtcNow();
        var clock = new ReportedClock(now.AddDays(-settings.AnalyticsDays), now);
        var batch = new ObservationBatch(
            experiment.Id,
            reported.Batch is { } name ? new BatchId(ObservationReader.HashOf(new JsonString(name)), ObservationReader.HashOf(json)) : null,
            now,
            Exposures(experiment, reported, clock),
            Events(reported, clock),
            UnitsMax);
        try
        {
            await _writers.WaitAsync(context.RequestAborted);
            ObservationOutcome outcome;
            try
            {
                // Whom this server has given an arm was exposed before it did what is reported here.
                if (experiment.On.IsRollout)
                    await arms.FlushAsync(context.RequestAborted);
                outcome = await store.ObserveAsync(batch, context.RequestAborted);
            }
            finally
            {
                _writers.Release();
            }

            if (outcome.IsOther)
            {
                await Problem.WriteAsync(context, new Fault.Conflict(
                    $"A batch '{reported.Batch}' with other content was taken within the last 24 hours, and of this one nothing. Give each batch a name of its own, and send one again only as it was."));
                return;
            }

            metrics.Observed(batch.Exposures.Length + batch.Observations.Length);
            var foreign = reported.Exposures.Length - batch.Exposures.Length;
            await Answer.OkAsync(context, Told(outcome, foreign));
        }
        catch (StoreException failure)
        {
            await Problem.WriteAsync(context, UsageFaults.Of(failure));
        }
    }

    public void Dispose() => _writers.Dispose();

    private Result<RunningExperiment> Find(ReportedObservations reported) => reported.Rollout is { } rollout
        ? experiments.FindRollout(reported.Namespace ?? Names.Global, rollout)
        : experiments.Find(reported.Namespace ?? Names.Global, reported.Flag!);

    private static Fault? CheckPlace(RunningExperiment experiment, ReportedObservations reported)
    {
        if (reported.Environment is { } environment && environment != experiment.Id.Environment)
        {
            return new Fault.Conflict(
                $"The experiment of {experiment.On} runs in {experiment.Id.Environment}; what is seen in {environment} is not a part of it. Send nothing from there.");
        }

        if (reported.Rollout is not null && !reported.Exposures.IsEmpty)
        {
            return new Fault.Conflict(
                $"The server notes itself whom it gives which arm of {experiment.On}, at the moment when it does; 'exposures' has {reported.Exposures.Length} entries. Send 'events' alone.");
        }

        return null;
    }

    /// <summary>Nothing of a batch is taken if an entry is wrong, so whoever sent it hears of all of them at once.</summary>
    /// <param name="violations">Entries that could not be read.</param>
    private static Fault.Malformed? CheckMetrics(RunningExperiment experiment, ReportedObservations reported, ViolationList violations)
    {
        var metrics = experiment.Definition.Metrics;
        var known = metrics.Select(metric => metric.Name).ToHashSet(StringComparer.Ordinal);
        var covariates = metrics.Where(metric => metric.HasCovariate).Select(metric => metric.Name).ToHashSet(StringComparer.Ordinal);
        var names = string.Join(", ", metrics.Select(metric => metric.Name));
        foreach (var one in reported.Events.Where(one => !known.Contains(one.Metric)))
        {
            violations.Add(null, $"/events/{one.Place}/metric", ViolationCode.UnknownReference,
                $"Entry {one.Place} of 'events' is about metric '{one.Metric}'; the experiment has {names}.");
        }

        foreach (var exposure in reported.Exposures)
        {
            foreach (var covariate in exposure.Covariates.Where(covariate => !covariates.Contains(covariate.Metric)))
            {
                violations.Add(null, $"/exposures/{exposure.Place}/covariates{JsonPointer.Of(covariate.Metric)}", ViolationCode.UnknownReference,
                    $"Entry {exposure.Place} of 'exposures' has a covariate of '{covariate.Metric}', which has none; set \"covariate\": true at the metric before the experiment starts.");
            }
        }

        if (violations.Count == 0)
            return null;
        var told = violations.ToImmutable();
        var listed = told.Length == violations.Count ? "lists each of them" : $"lists the first {told.Length}";
        return new(violations.Count == 1 ? told[0].Message : $"{violations.Count} mistakes in the batch, and nothing of it is taken; 'errors' {listed}.", told);
    }

    /// <summary>Variants that take no part, such as the one of staff, make no subject.</summary>
    private static ImmutableArray<Exposure> Exposures(RunningExperiment experiment, ReportedObservations reported, ReportedClock clock)
    {
        var arms = experiment.Shares.Select(share => share.Variant).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. reported.Exposures.Where(exposure => arms.Contains(exposure.Variant))
                .Select(exposure => new Exposure(SubjectKey.HashOf(exposure.TargetingKey), exposure.Variant, clock.Read(exposure.At), exposure.Covariates)),
        ];
    }

    private static ImmutableArray<Observation> Events(ReportedObservations reported, ReportedClock clock) =>
        [.. reported.Events.Select(one => new Observation(SubjectKey.HashOf(one.TargetingKey), one.Metric, one.Value, clock.Read(one.At)))];

    private static JsonObject Told(in ObservationOutcome outcome, int foreign) => new JsonObjectBuilder(8)
        .Add("enrolled", outcome.Enrolled)
        .Add("known", outcome.Known)
        .Add("switched", outcome.Switched)
        .Add("notInExperiment", foreign)
        .Add("full", outcome.Full)
        .Add("observed", outcome.Observed)
        .Add("unexposed", outcome.Unexposed)
        .Add("repeated", outcome.IsRepeat)
        .Build();

    /// <summary>
    /// Reads times of other clocks. An exposure that a clock running ahead puts into the future would hide the events until then; and one of
    /// a clock that begins in 1970 would have begun the experiment there, before anything that is kept.
    /// </summary>
    private readonly record struct ReportedClock(DateTimeOffset Earliest, DateTimeOffset Now)
    {
        public DateTimeOffset Read(DateTimeOffset? said) => said is not { } at || at > Now ? Now : at < Earliest ? Earliest : at;
    }
}
