using System.Collections.Immutable;
using Setpoint.Core.Flags.Reading;
using Setpoint.Core.Json;

namespace Setpoint.Core.Flags;

/// <summary>Tells which flags may have another outcome for somebody.</summary>
/// <remarks>
/// 1. Flags that were compiled once for both sets are the same. 2. Of the others those differ that say something else for the environment in
/// what decides, or name a segment that is another one. 3. So do those that came and went. 4. So do those that depend on one of these.
/// </remarks>
public static class FlagDifference
{
    /// <summary>What people read and no answer holds.</summary>
    private static readonly string[] Cosmetic = ["name", "description", "owner", "tags", "variantNames", "expectedRemoval", "experiment"];

    /// <param name="before">Of the same namespace and environment.</param>
    /// <returns>Keys in ordinal order.</returns>
    public static ImmutableSortedSet<string> Between(FlagSet before, FlagSet after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var changed = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (var key in after.Keys)
        {
            if (before.PlanOf(key) is not { } old || (!ReferenceEquals(old, after.PlanOf(key)) && Differ(before, old.Flag, after, after.PlanOf(key)!.Flag)))
                changed.Add(key);
        }

        foreach (var key in before.Keys)
        {
            if (after.PlanOf(key) is null)
                changed.Add(key);
        }

        return WithDependents(after, changed);
    }

    /// <summary>These flags and all that depend on them.</summary>
    public static ImmutableSortedSet<string> WithDependents(FlagSet flags, IEnumerable<string> keys)
    {
        ArgumentNullException.ThrowIfNull(flags);
        var found = keys.ToImmutableSortedSet(StringComparer.Ordinal).ToBuilder();
        var grew = found.Count > 0;
        // A round for each level of dependencies, of which the Gate allows few.
        while (grew)
        {
            grew = false;
            foreach (var flag in flags.Source.Flags)
            {
                if (!flag.Dependencies.IsEmpty && !found.Contains(flag.Key) && flag.Dependencies.Any(dependency => found.Contains(dependency.Flag)))
                    grew |= found.Add(flag.Key);
            }
        }

        return found.ToImmutable();
    }

    private static bool Differ(FlagSet before, Flag old, FlagSet after, Flag now)
    {
        foreach (var key in now.Segments)
        {
            if (!ReferenceEquals(before.Source.FindSegment(key), after.Source.FindSegment(key)))
                return true;
        }

        return !Deciding(old, before.Source.Chain).Equals(Deciding(now, after.Source.Chain));
    }

    private static JsonObject Deciding(Flag flag, ImmutableArray<string> chain)
    {
        var flat = ShortForm.Flattened(flag.Body, chain);
        foreach (var name in Cosmetic)
            flat = flat.Without(name);
        return flat;
    }
}
