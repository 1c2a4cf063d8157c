using System.Collections.Immutable;
using Setpoint.Core.Flags;
using Setpoint.Core.Statistics;

namespace Setpoint.Client.Flags.Exposures;

/// <summary>What the flags of a namespace counted since the last time.</summary>
/// <param name="Counts">Each flag, variant and reason once.</param>
/// <param name="Keys">Who asked, by flag.</param>
internal sealed record NamespaceUsage(string Namespace, ImmutableArray<FlagUsage> Counts, ImmutableDictionary<string, HyperLogLog> Keys)
{
    /// <summary>Takes it out of sets that followed each other: a flag that was replaced in the meantime has counted in two places.</summary>
    public static NamespaceUsage Of(string ns, ImmutableArray<FlagSet> sets)
    {
        var counts = sets.SelectMany(set => set.DrainUsage())
            .GroupBy(usage => (usage.Key, usage.Variant, usage.Reason), usage => usage.Count)
            .Select(same => new FlagUsage(same.Key.Key, same.Key.Variant, same.Key.Reason, same.Sum()));
        var keys = ImmutableDictionary.CreateBuilder<string, HyperLogLog>(StringComparer.Ordinal);
        foreach (var usage in sets.SelectMany(set => set.DrainKeys()))
        {
            if (keys.TryGetValue(usage.Key, out var known))
                known.Merge(usage.Keys);
            else
                keys.Add(usage.Key, usage.Keys);
        }

        // The counts of a flag stand together, so that its sketch travels once, but where a report ends between them.
        return new(ns, [.. counts.OrderBy(usage => usage.Key, StringComparer.Ordinal)], keys.ToImmutable());
    }
}
