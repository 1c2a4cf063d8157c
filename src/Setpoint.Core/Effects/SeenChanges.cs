using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.Rollouts;

namespace Setpoint.Core.Effects;

/// <summary>
/// What changes for whom in an environment, choice by choice, fewer arms first. Paths are unique within the changes of one choice, and their order is that of
/// properties, which arms may turn round: they are compared as sets. Not thread-safe.
/// </summary>
internal sealed class SeenChanges
{
    private readonly ImmutableArray<JsonChange> _everybody;
    private readonly HashSet<JsonChange> _everybodySet;
    private readonly HashSet<JsonChange> _instances;
    private readonly Dictionary<string, ImmutableArray<JsonChange>> _seen = new(StringComparer.Ordinal);

    public SeenChanges(ImmutableArray<JsonChange> everybody)
    {
        _everybody = everybody;
        _everybodySet = new(everybody, ChangeComparer.Instance);
        _instances = new(everybody, ChangeComparer.Instance);
    }

    /// <summary>Whether all were added that have one arm less.</summary>
    public bool KnowsFewerThan(ImmutableArray<ArmPick> picks) => picks.Length == 1 || picks.All(pick => _seen.ContainsKey(KeyOf(picks.Remove(pick))));

    /// <summary>The same changes. Most are those of everybody, and 64 choices of 20,000 changes would else fill memory 64 times.</summary>
    public ImmutableArray<JsonChange> Add(ImmutableArray<ArmPick> picks, ImmutableArray<JsonChange> changes) => _seen[KeyOf(picks)] = ImmutableArray.CreateRange(changes, Instance);

    /// <summary>Whether they are worth a word beside those of everybody, or of who has one arm less.</summary>
    public bool IsNews(ImmutableArray<ArmPick> picks, ImmutableArray<JsonChange> changes)
    {
        if (picks.Length == 1)
            return changes.Length != _everybody.Length || changes.Any(change => !_everybodySet.Contains(change));
        var fewer = picks.Select(pick => _seen[KeyOf(picks.Remove(pick))]).ToList();
        // Mostly one of the arms hides nothing of the others' changes.
        if (fewer.Any(one => one.AsSpan().SequenceEqual(changes.AsSpan(), ReferenceEqualityComparer.Instance)))
            return false;
        var known = new HashSet<JsonChange>(fewer.SelectMany(one => one), ChangeComparer.Instance);
        return changes.Any(change => !known.Contains(change));
    }

    private JsonChange Instance(JsonChange change)
    {
        if (_instances.TryGetValue(change, out var known))
            return known;
        _instances.Add(change);
        return change;
    }

    // Neither names of rollouts nor of arms hold a blank.
    private static string KeyOf(ImmutableArray<ArmPick> picks) => string.Join(' ', picks.Select(pick => $"{pick.Rollout} {pick.Arm}"));
}
