using System.Collections.Immutable;
using Setpoint.Core.Ledger;
using Setpoint.Core.Statistics;
using Setpoint.Server.Flags;
using Setpoint.Server.Http;
using Setpoint.Storage;

namespace Setpoint.Server.Analytics;

/// <summary><c>/api/experiments</c>, and <c>/experiment</c> of a rollout: which there are, and what can be said of each now.</summary>
internal sealed class ExperimentEndpoints(RunningExperiments experiments, ArmObserver observer, IUsageStore store)
{
    public async Task ListAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request);
        var ns = query.String("namespace");
        if (query.Finish() is { } fault)
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var all = experiments.All(ns).Select(ExperimentJson.Summary).ToList();
        await Answer.OkAsync(context, Answer.List(all, all.Count));
    }

    public async Task GetAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request);
        var ns = query.String("namespace") ?? Names.Global;
        var fault = query.Finish();
        if (fault is not null || !experiments.Find(ns, FlagPath.KeyOf(context)).TryGet(out var experiment, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        await JudgeAsync(context, experiment);
    }

    public async Task GetRolloutAsync(HttpContext context)
    {
        var fault = new QueryReader(context.Request).Finish();
        if (fault is not null
            || !experiments.FindRollout((string)context.Request.RouteValues["ns"]!, (string)context.Request.RouteValues["id"]!).TryGet(out var experiment, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        await JudgeAsync(context, experiment);
    }

    private async Task JudgeAsync(HttpContext context, RunningExperiment experiment)
    {
        try
        {
            if (experiment.On.IsRollout)
                await observer.FlushAsync(context.RequestAborted);
            var metrics = experiment.Definition.Metrics;
            var sample = await store.ReadExperimentAsync(
                experiment.Id, [.. metrics.Select(metric => new ObservedMetric(metric.Name, metric.Kind == MetricKind.Conversion))], context.RequestAborted);
            var arms = experiment.Shares.Select(share => ArmOf(share.Variant, share.Share, sample, metrics.Length)).ToImmutableArray();
            var verdict = ExperimentJudge.Judge([.. metrics.Select(metric => metric.ToExperimentMetric())], arms[0], arms[1..], experiment.Definition.Options);
            await Answer.OkAsync(context, ExperimentJson.Of(experiment, sample, arms, verdict));
        }
        catch (StoreException failure)
        {
            await Problem.WriteAsync(context, UsageFaults.Of(failure));
        }
    }

    private static ExperimentArm ArmOf(string variant, double share, ExperimentSample sample, int metrics)
    {
        foreach (var arm in sample.Arms)
        {
            if (arm.Arm == variant)
                return new(variant, share, arm.Units, arm.Moments);
        }

        return new(variant, share, 0, [.. Enumerable.Repeat(SampleMoments.Empty, metrics)]);
    }
}
