using System.Collections.Immutable;

namespace Setpoint.Core.Flags;

/// <summary>Finds what differs between two sets that follow each other.</summary>
public static class FlagChanges
{
    /// <summary>
    /// Keys of the flags whose answers may have changed, in ordinal order: those that are there in one set only, those that were compiled again
    /// since their document, a segment or the chain of environments changed, and those that depend on any of these.
    /// </summary>
    /// <param name="before">Null: nothing was there.</param>
    /// <param name="after">Compiled with <paramref name="before"/> as its previous set; else every flag has changed.</param>
    public static ImmutableArray<string> Between(FlagSet? before, FlagSet after)
    {
        ArgumentNullException.ThrowIfNull(after);
        var changed = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var key in before?.Keys ?? [])
        {
            if (after.PlanOf(key) is null)
                changed.Add(key);
        }

        foreach (var key in after.Keys)
        {
            if (!ReferenceEquals(before?.PlanOf(key), after.PlanOf(key)))
                changed.Add(key);
        }

        AddDependents(after, changed);
        return [.. changed];
    }

    private static void AddDependents(FlagSet set, SortedSet<string> changed)
    {
        if (changed.Count == 0)
            return;
        var dependents = set.Keys
            .SelectMany(key => set.PlanOf(key)!.Dependencies.Select(dependency => (On: dependency.Key, Key: key)))
            .ToLookup(edge => edge.On, edge => edge.Key, StringComparer.Ordinal);
        var pending = new Queue<string>(changed);
        while (pending.TryDequeue(out var key))
        {
            foreach (var dependent in dependents[key])
            {
                if (changed.Add(dependent))
                    pending.Enqueue(dependent);
            }
        }
    }
}
