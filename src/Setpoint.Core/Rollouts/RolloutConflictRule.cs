using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Rollouts;

/// <summary>
/// Two rollouts of a namespace that can apply in one environment set no common path, and there are not more of them than can be checked.
/// </summary>
/// <remarks>
/// A precedence would let one rollout hide a part of another: who is in both would run a mixture that nobody wrote, and the other's
/// experiment would measure something else than it says.
/// </remarks>
internal sealed class RolloutConflictRule : Rule
{
    public override void Check(RuleContext context, ViolationList violations)
    {
        var changed = context.Changes.Where(change => change.Address.Kind == RolloutKind.KindName && change.After.Exists).Select(change => change.Address).ToHashSet();
        var moved = context.Changes.FirstOrDefault(change => change.Address.Kind == EnvironmentKind.KindName && change.After.Exists)?.Address;
        if (changed.Count == 0 && moved is null)
            return;
        var rollouts = context.Candidate.Rollouts();
        var namespaces = moved is not null ? rollouts.All : changed.Select(address => rollouts.In(address.Segments[1])!).DistinctBy(one => one.Name);
        foreach (var one in namespaces.Where(one => !one.Running.IsEmpty))
            CheckNamespace(context.Candidate, one, changed, moved, violations);
    }

    /// <param name="moved">An environment that the commit changes: two that were apart may lie in one chain now.</param>
    private static void CheckNamespace(Snapshot candidate, NamespaceRollouts rollouts, HashSet<Address> changed, Address? moved, ViolationList violations)
    {
        var together = new Dictionary<(string, string), List<string>>();
        foreach (var environment in candidate.Environments().All)
        {
            var running = ArmSet.RunningIn(candidate, rollouts, environment.Name);
            var count = ArmCombinations.Count(running);
            if (count > ArmCombinations.CountMax)
            {
                var address = running.Select(rollout => rollout.Document!.Address).FirstOrDefault(changed.Contains) ?? moved ?? running[^1].Document!.Address;
                violations.Add(address, "", ViolationCode.ConstraintViolation,
                    $"{Phrase.List([.. running.Select(rollout => rollout.Document!.Address.Text)])} together give {count} combinations of arms in {environment.Name}; every one is checked, and the limit is {ArmCombinations.CountMax}. Stop some of them, or name other environments.");
            }

            for (var i = 0; i < running.Length; i++)
            {
                for (var j = i + 1; j < running.Length; j++)
                {
                    var pair = (running[i].Id, running[j].Id);
                    (together.TryGetValue(pair, out var known) ? known : together[pair] = []).Add(environment.Name);
                }
            }
        }

        foreach (var (pair, environments) in together)
        {
            var (first, second) = (rollouts.Find(pair.Item1)!, rollouts.Find(pair.Item2)!);
            var (mine, other) = changed.Contains(first.Document!.Address) ? (first, second) : (second, first);
            if (moved is null && !changed.Contains(mine.Document!.Address))
                continue;
            Report(mine, other, environments, changed.Contains(mine.Document!.Address) ? mine.Document.Address : moved!, violations);
        }
    }

    private static void Report(Rollout mine, Rollout other, List<string> environments, Address address, ViolationList violations)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var arm in mine.Arms)
        {
            foreach (var against in other.Arms)
            {
                foreach (var path in Common(arm.Config, against.Config, JsonPointer.Root))
                {
                    if (!seen.Add(path))
                        continue;
                    var place = address == mine.Document!.Address ? $"/arms{JsonPointer.Of(arm.Name)}/config{path}" : "";
                    violations.Add(address, place, ViolationCode.ConstraintViolation,
                        $"'{path}' is set by arm '{arm.Name}' of {mine.Document.Address} and by arm '{against.Name}' of {other.Document!.Address}, which can both apply in {Phrase.List(environments)}. Stop one of them, name other environments, or make them arms of one rollout.");
                }
            }
        }
    }

    /// <summary>Places where what both layers merge to would depend on their order.</summary>
    private static IEnumerable<string> Common(JsonObject left, JsonObject right, JsonPointer at)
    {
        for (var i = 0; i < left.Count; i++)
        {
            if (!right.TryGetValue(left.NameAt(i), out var other))
                continue;
            var path = at.Append(left.NameAt(i));
            if (left.ValueAt(i) is JsonObject mine && other is JsonObject theirs && !JsonMerge.IsUnset(mine) && !JsonMerge.IsUnset(theirs))
            {
                foreach (var below in Common(mine, theirs, path))
                    yield return below;
            }
            else
            {
                yield return path.ToString();
            }
        }
    }
}
