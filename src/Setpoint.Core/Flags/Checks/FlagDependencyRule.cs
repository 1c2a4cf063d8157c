using Setpoint.Core.Faults;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Flags.Checks;

/// <summary>Flags that are depended on exist and have the variants; nothing depends on itself; and no flag takes too many others.</summary>
internal sealed class FlagDependencyRule : Rule
{
    /// <summary>Evaluations of flags that one may take, itself included. Each dependency is evaluated where it is met, be it twice.</summary>
    public const int EvaluationsMax = 100;

    public override void Check(RuleContext context, ViolationList violations)
    {
        Dictionary<string, DependencyWalk>? walks = null;
        foreach (var change in context.Changes)
        {
            if (change.Address.Kind != FlagKind.KindName || !change.After.Exists)
                continue;
            var (ns, key) = (change.Address.Segments[1], change.Address.Segments[2]);
            var flags = context.Candidate.Flags().In(ns);
            var flag = flags.Flags[key];
            CheckNames(context, flags, flag, change.Address, violations);
            if (!context.Refused.Contains(change.Address))
                CheckDependents(flags, flag, change.Address, violations);
            if (flag.Dependencies.IsEmpty)
                continue;
            walks ??= new(StringComparer.Ordinal);
            if (!walks.TryGetValue(ns, out var walk))
                walks[ns] = walk = new(flags);
            CheckWalk(walk, flags, flag, change.Address, violations);
        }
    }

    private static void CheckNames(RuleContext context, NamespaceFlags flags, Flag flag, Address address, ViolationList violations)
    {
        foreach (var dependency in flag.Dependencies)
        {
            if (context.IsRefused(FlagKind.KindName, flag.Namespace, dependency.Flag))
                continue;
            if (!flags.Flags.TryGetValue(dependency.Flag, out var other))
            {
                violations.Add(address, $"/dependencies/{dependency.Place}/flag", ViolationCode.UnknownReference,
                    $"There is no flag '{FlagKeys.Clip(dependency.Flag)}' in namespace '{flag.Namespace}'.");
                continue;
            }

            for (var at = 0; at < dependency.Variants.Length; at++)
            {
                if (other.FindVariant(dependency.Variants[at]) < 0)
                {
                    violations.Add(address, $"/dependencies/{dependency.Place}/variants/{at}", ViolationCode.UnknownReference,
                        $"Flag '{other.Key}' has no variant '{FlagKeys.Clip(dependency.Variants[at])}'; it has {FlagKeys.Clip(string.Join(", ", other.Variants.Select(variant => variant.Name)))}.");
                }
            }
        }
    }

    /// <summary>A variant that others wait for cannot go.</summary>
    private static void CheckDependents(NamespaceFlags flags, Flag flag, Address address, ViolationList violations)
    {
        foreach (var dependent in flags.DependentsOf(flag.Key))
        {
            foreach (var dependency in flags.Flags[dependent].Dependencies.Where(dependency => dependency.Flag == flag.Key))
            {
                foreach (var variant in dependency.Variants.Where(variant => flag.FindVariant(variant) < 0))
                {
                    violations.Add(address, "/variants", ViolationCode.ConstraintViolation,
                        $"Variant '{FlagKeys.Clip(variant)}' is gone, and flag '{dependent}' depends on it; change that dependency first.");
                }
            }
        }
    }

    private static void CheckWalk(DependencyWalk walk, NamespaceFlags flags, Flag flag, Address address, ViolationList violations)
    {
        if (walk.From(flag.Key) is { } circle)
        {
            violations.Add(address, "/dependencies", ViolationCode.CircularDependency, $"Flags depend on each other in a circle: {string.Join(" -> ", circle)}.");
            return;
        }

        // What depends on this flag takes as many more.
        var open = new Queue<string>([flag.Key]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (open.TryDequeue(out var key))
        {
            if (!seen.Add(key) || walk.From(key) is not null)
                continue;
            if (walk.EvaluationsOf(key) > EvaluationsMax)
            {
                violations.Add(address, "/dependencies", ViolationCode.ConstraintViolation,
                    $"With these dependencies flag '{key}' takes more than {EvaluationsMax} evaluations of flags, which is the limit; make the chain shorter.");
                return;
            }

            foreach (var dependent in flags.DependentsOf(key))
                open.Enqueue(dependent);
        }
    }
}

/// <summary>Walks dependencies depth first, each flag once for all that ask. Not thread-safe.</summary>
internal sealed class DependencyWalk(NamespaceFlags flags)
{
    // -1: on the way. Beyond the limit the number says no more than that.
    private readonly Dictionary<string, int> _evaluations = new(StringComparer.Ordinal);

    public int EvaluationsOf(string key) => _evaluations.GetValueOrDefault(key);

    /// <summary>The circle that is met from here for the first time, with its first flag again at its end; null if there is none.</summary>
    public List<string>? From(string key)
    {
        List<string>? circle = null;
        var path = new List<(string Key, int Next)>();
        Enter(key);
        while (path.Count > 0)
        {
            var (at, next) = path[^1];
            var dependencies = flags.Flags.TryGetValue(at, out var flag) ? flag.Dependencies : [];
            if (next < dependencies.Length)
            {
                path[^1] = (at, next + 1);
                var other = dependencies[next].Flag;
                if (_evaluations.TryGetValue(other, out var known) && known < 0)
                    circle ??= [.. path.SkipWhile(step => step.Key != other).Select(step => step.Key), other];
                else
                    Enter(other);
                continue;
            }

            path.RemoveAt(path.Count - 1);
            var sum = 1;
            foreach (var dependency in dependencies)
                sum = Math.Min(sum + Math.Max(0, EvaluationsOf(dependency.Flag)), FlagDependencyRule.EvaluationsMax + 1);
            _evaluations[at] = sum;
        }

        return circle;

        void Enter(string name)
        {
            if (_evaluations.TryAdd(name, -1))
                path.Add((name, 0));
        }
    }
}
