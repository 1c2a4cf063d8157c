using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Server.Flags;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Process;
using Setpoint.Storage;

namespace Setpoint.Server.Analytics;

/// <summary><c>GET /api/features/{key}/analytics</c>: how often a flag gave which answer, and why.</summary>
internal sealed class AnalyticsEndpoint(SnapshotBoard board, UsageCollector collector, IUsageStore store, ServerSettings settings, TimeProvider time)
{
    private static readonly TimeSpan DefaultSpan = TimeSpan.FromDays(7);

    // Days are added to what is asked for and taken from it; nothing is counted out there anyway.
    private static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset Latest = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public async Task HandleAsync(HttpContext context)
    {
        if (!Read(context).TryGet(out var asked, out var fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        try
        {
            // What was counted a moment ago is a part of the answer.
            await collector.FlushAsync(context.RequestAborted);
            var counts = await store.ReadCountsAsync(asked.Namespace, asked.Key, asked.Environment, asked.From, asked.To, context.RequestAborted);
            var keys = await store.ReadKeysAsync(asked.Namespace, asked.Key, asked.Environment, asked.From, asked.To, context.RequestAborted);
            var start = await store.ReadStartAsync(context.RequestAborted);
            await Answer.OkAsync(context, UsageJson.Of(asked, counts, keys, start));
        }
        catch (StoreException failure)
        {
            await Problem.WriteAsync(context, UsageFaults.Of(failure));
        }
    }

    private Result<AskedUsage> Read(HttpContext context)
    {
        var query = new QueryReader(context.Request);
        var ns = query.String("namespace") ?? Names.Global;
        var environment = query.String("environment");
        var start = query.Time("startDate");
        var end = query.Time("endDate");
        var isFarAway = start < Earliest || end < Earliest || start > Latest || end > Latest;
        var endsWithDay = query.String("endDate")?.Length == "2026-11-20".Length;
        if (query.Finish() is { } fault)
            return fault;
        if (isFarAway)
            return new Fault.Malformed($"'startDate' and 'endDate' must lie from {WireTime.Of(Earliest)} to {WireTime.Of(Latest)}.");
        var key = FlagPath.KeyOf(context);
        var snapshot = board.Current;
        if (snapshot.Flags().Find(ns, key) is null)
            return FlagJson.Missing(ns, key);
        if (environment is not null && !snapshot.Environments().Contains(environment))
            return Fault.Missing.Environment(environment);

        // A day as the end means the whole of it. Hours are what is kept, so an end within one takes it whole.
        var to = end is { } last ? (endsWithDay ? last.AddDays(1) : last) : time.GetUtcNow();
        to = UsageBuffer.HourOf(to.AddHours(1).AddTicks(-1));
        var from = UsageBuffer.HourOf(start ?? to - DefaultSpan);
        if (from >= to)
            return new Fault.Malformed($"'startDate' {WireTime.Of(from)} is not before 'endDate' {WireTime.Of(to)}.");
        if (to - from > TimeSpan.FromDays(settings.AnalyticsDays + 1))
            return new Fault.Malformed($"From 'startDate' to 'endDate' are {(to - from).TotalDays:0} days; counts are kept for {settings.AnalyticsDays}. Ask for less.");
        return new AskedUsage(ns, key, environment, from, to);
    }
}

/// <param name="Environment">Null: all.</param>
/// <param name="From">The first hour.</param>
/// <param name="To">The hour after the last.</param>
internal sealed record AskedUsage(string Namespace, string Key, string? Environment, DateTimeOffset From, DateTimeOffset To);
