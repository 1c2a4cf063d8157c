using System.Collections.Immutable;
using System.Globalization;
using Setpoint.Core.Flags;
using Setpoint.Core.Ledger;
using Setpoint.Storage;

namespace Setpoint.Server.Analytics;

/// <summary>Why a flag may be taken out of the code.</summary>
/// <param name="Code"><c>NOT_EVALUATED</c>, <c>ONE_VARIANT</c> or <c>PAST_REMOVAL</c>.</param>
internal sealed record StaleReason(string Code, string Message);

/// <param name="Evaluations">In the time that was looked at.</param>
/// <param name="LastEvaluated">The hour; null if it was not evaluated then.</param>
internal sealed record StaleFlag(Flag Flag, ImmutableArray<StaleReason> Reasons, long Evaluations, DateTimeOffset? LastEvaluated);

/// <summary>Finds flags that have done their work. Pure.</summary>
/// <remarks>
/// 1. Past its expected removal: whatever else. 2. The other two reasons are about use, and say nothing of a time that nobody counted, nor of a
/// flag that was changed within it: a new flag, and one whose rollout has just reached everybody, are not stale. 3. No evaluation. 4. One
/// variant for everybody. Answers without a variant (disabled, errors) count as use, and not as another variant.
/// </remarks>
internal static class StaleFlags
{
    public static ImmutableArray<StaleFlag> Find(
        Snapshot snapshot, IEnumerable<Flag> flags, IEnumerable<VariantUse> use, DateTimeOffset countingSince, DateTimeOffset now, int days)
    {
        var from = now.AddDays(-days);
        var used = use.ToLookup(one => (one.Namespace, one.Flag));
        var stale = ImmutableArray.CreateBuilder<StaleFlag>();
        foreach (var flag in flags)
        {
            var seen = used[(flag.Namespace, flag.Key)].ToList();
            var evaluations = seen.Sum(one => one.Count);
            var reasons = ImmutableArray.CreateBuilder<StaleReason>();
            if (flag.ExpectedRemoval is { } removal && removal <= now)
                reasons.Add(new("PAST_REMOVAL", $"It was to be removed by {Day(removal)}."));
            var changed = snapshot.Find(FlagKind.AddressOf(flag.Namespace, flag.Key))?.At ?? now;
            if (countingSince <= from && changed <= from)
            {
                var variants = seen.Where(one => one.Variant is not null).ToList();
                if (evaluations == 0)
                    reasons.Add(new("NOT_EVALUATED", $"Nobody has evaluated it for {days} days."));
                else if (variants is [var only])
                    reasons.Add(new("ONE_VARIANT", $"Everybody has got '{only.Variant}' for {days} days; write that into the code."));
            }

            if (reasons.Count > 0)
                stale.Add(new(flag, reasons.ToImmutable(), evaluations, seen.Count == 0 ? null : seen.Max(one => one.LastHour)));
        }

        return stale.ToImmutable();
    }

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
