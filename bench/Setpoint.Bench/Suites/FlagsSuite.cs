using System.Globalization;
using Setpoint.Bench.Harness;
using Setpoint.Bench.Targets;
using Setpoint.Client;
using Setpoint.Core.Flags;

namespace Setpoint.Bench.Suites;

/// <summary>P4: flags in process, beside Microsoft.FeatureManagement here and flagd-core, unleash-client and GrowthBook in node.</summary>
internal static class FlagsSuite
{
    private const int Mask = FlagWork.Users - 1;

    // As an app has it: looked at only by flags that depend on time.
    private static readonly FlagTime Clock = FlagTime.Of(TimeProvider.System);

    public static async Task<Report> RunAsync(BenchOptions options)
    {
        var report = new Report("flags", "Flags in process: P4");
        var set = FlagWork.Compile(FlagWork.Schema, countsUsage: true);
        var uncounted = FlagWork.Compile(FlagWork.Schema, countsUsage: false);
        FlagSet[] turns = [FlagWork.Compile(null, countsUsage: true), FlagWork.Compile(null, countsUsage: true)];
        var named = Enumerable.Range(0, FlagWork.Users).Select(FlagWork.ContextOf).ToArray();
        var typed = Enumerable.Range(0, FlagWork.Users).Select(FlagWork.TypedOf).ToArray();
        CheckAnswers(set, named, typed);

        await using var microsoft = new MicrosoftFlags();
        await using var sdk = await SdkFlags.StartAsync();
        var rounds = options.RoundsOr(25, 8);
        var ours = Micro.Measure(
            rounds,
            new("plain", Booleans(set, "plain", named)),
            new("plain, not counted", Booleans(uncounted, "plain", named)),
            new("5 rules + 20 %, named context", Booleans(set, "rules", named)),
            new("5 rules + 20 %, named context that another set laid out last", Turns(turns, [.. Enumerable.Range(0, FlagWork.Users).Select(FlagWork.ContextOf)])),
            new("5 rules + 20 %, typed context", Booleans(set, "rules", typed)),
            new("5 rules + 20 %, typed context, not counted", Booleans(uncounted, "rules", typed)),
            new("variant, named context", Variants(set, named)),
            new("variant, typed context", Variants(set, typed)),
            new("SDK: plain", SdkBooleans(sdk.Flags, "plain", named)),
            new("SDK: 5 rules + 20 %, named context", SdkBooleans(sdk.Flags, "rules", [.. Enumerable.Range(0, FlagWork.Users).Select(FlagWork.ContextOf)])),
            new("SDK: 5 rules + 20 %, typed context", SdkBooleans(sdk.Flags, "rules", typed)),
            new("SDK: variant, named context", SdkVariants(sdk.Flags, named)));
        var table = report.Table($"Setpoint, a set of {FlagWork.FlagsInSet} flags, ns", "work", "min", "median", "bytes");
        foreach (var result in ours)
            table.Row(result.Name, Number(result.NanosecondsPerOperation.Min), Number(result.NanosecondsPerOperation.Median), Number(result.BytesPerOperation));
        table.Note("Usage is counted by flag, variant and reason unless the row says otherwise. A named context remembers its layout: an app asks one set again and again. The SDK also counts targeting keys, and looks in the service's own flags before the shared ones.");

        var theirs = Micro.Measure(
            options.RoundsOr(15, 5),
            new("plain", microsoft.Booleans("plain")),
            new("rules", microsoft.Booleans("rules")),
            new("variant", microsoft.Variants));
        var peers = new List<(string Name, double Plain, double Rules, double Variant, string Bytes)>
        {
            ("Microsoft.FeatureManagement 4.7.0", Least(theirs[0]), Least(theirs[1]), Least(theirs[2]), string.Join(" / ", theirs.Select(result => Number(result.BytesPerOperation)))),
        };
        using (var folder = new TempFolder("flags"))
        {
            foreach (var peer in await NodeFlags.MeasureAsync(folder, rounds))
                peers.Add((peer.Name, peer.Plain, peer.Rules, peer.Variant, "-"));
        }

        var beside = report.Table("Beside others, ns (minimum)", "engine", "plain", "5 rules + 20 %", "variant", "bytes", "x ours: plain", "rules (named)", "variant");
        beside.Row("Setpoint", Number(Least(ours[0])), $"{Number(Least(ours[2]))} named, {Number(Least(ours[4]))} typed", Number(Least(ours[6])), "0 / 0 / 0", "1", "1", "1");
        foreach (var peer in peers)
        {
            beside.Row(peer.Name, Number(peer.Plain), Number(peer.Rules), Number(peer.Variant), peer.Bytes,
                Number(peer.Plain / Least(ours[0])), Number(peer.Rules / Least(ours[2])), Number(peer.Variant / Least(ours[6])));
        }

        beside.Note("Microsoft's targeting filter has no rules over attributes: its row is the share of users alone.");
        if (peers.Count == 1)
            beside.Note("The engines in node are not measured: node or npm is missing, or the packages could not be installed.");
        report.GoalAtMost("P4", "plain", Least(ours[0]), 20, " ns");
        report.GoalAtMost("P4", "5 rules + 20 %, string-keyed context", Least(ours[2]), 90, " ns");
        report.GoalAtMost("P4", "the same, laid out anew each time", Least(ours[3]), 90, " ns");
        report.GoalAtMost("P4", "5 rules + 20 %, typed context", Least(ours[4]), 40, " ns");
        report.GoalAtMost("P4", "variant", Least(ours[6]), 30, " ns");
        report.GoalAtMost("P4", "SDK: plain", Least(ours[8]), 20, " ns");
        report.GoalAtMost("P4", "SDK: 5 rules + 20 %, string-keyed context", Least(ours[9]), 90, " ns");
        report.GoalAtMost("P4", "SDK: 5 rules + 20 %, typed context", Least(ours[10]), 40, " ns");
        report.GoalAtMost("P4", "SDK: variant", Least(ours[11]), 30, " ns");
        report.GoalAtMost("P4", "bytes of all but a layout", ours.Where((_, i) => i != 3).Max(result => result.BytesPerOperation), 0, " B");
        return report;
    }

    private static double Least(Micro.Result result) => result.NanosecondsPerOperation.Min;

    private static void CheckAnswers(FlagSet set, FlagContext[] named, TypedFlagContext[] typed)
    {
        var on = 0;
        for (var user = 0; user < FlagWork.Users; user++)
        {
            var result = set.Evaluate("rules", named[user], Clock);
            if (result.Reason != FlagReason.Split || set.Evaluate("rules", typed[user], Clock).Variant != result.Variant)
                throw new BenchException($"User {user} gets {result.Variant} for {result.Reason}, and another answer by a typed context.");
            on += result.GetBoolean(false) ? 1 : 0;
        }

        if (on is < 150 or > 260)
            throw new BenchException($"{on} of {FlagWork.Users} users are on; a fifth is wanted.");
    }

    private static Func<int, long> Booleans(FlagSet set, string key, FlagContext[] contexts) => count =>
    {
        long on = 0;
        for (var i = 0; i < count; i++)
            on += set.GetBoolean(key, false, contexts[i & Mask], Clock) ? 1 : 0;
        return on;
    };

    private static Func<int, long> Turns(FlagSet[] sets, FlagContext[] contexts)
    {
        var turn = 0;
        return count =>
        {
            long on = 0;
            for (var i = 0; i < count; i++)
                on += sets[turn++ >> 10 & 1].GetBoolean("rules", false, contexts[turn & Mask], Clock) ? 1 : 0;
            return on;
        };
    }

    private static Func<int, long> Variants(FlagSet set, FlagContext[] contexts) => count =>
    {
        long length = 0;
        for (var i = 0; i < count; i++)
            length += set.GetString("variant", "", contexts[i & Mask], Clock).Length;
        return length;
    };

    private static Func<int, long> SdkBooleans(ISetpointFlags flags, string key, FlagContext[] contexts) => count =>
    {
        long on = 0;
        for (var i = 0; i < count; i++)
            on += flags.GetBoolean(key, false, contexts[i & Mask]) ? 1 : 0;
        return on;
    };

    private static Func<int, long> SdkVariants(ISetpointFlags flags, FlagContext[] contexts) => count =>
    {
        long length = 0;
        for (var i = 0; i < count; i++)
            length += flags.GetString("variant", "", contexts[i & Mask]).Length;
        return length;
    };

    private static string Number(double value) => value.ToString(value < 100 ? "0.0" : "#,0", CultureInfo.InvariantCulture);
}
