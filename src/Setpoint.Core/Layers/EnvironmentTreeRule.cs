using Setpoint.Core.Faults;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Layers;

/// <summary>Parents exist, the tree has no cycle, no environment in use disappears, and no two names differ only in case.</summary>
internal sealed class EnvironmentTreeRule : Rule
{
    public override void Check(RuleContext context, ViolationList violations)
    {
        EnvironmentTree? tree = null;
        foreach (var change in context.Changes)
        {
            if (change.Address.Kind != EnvironmentKind.KindName)
                continue;
            tree ??= context.Candidate.Environments();
            var name = change.Address.Segments[1];
            if (change.After.Exists)
                CheckPresent(context, tree, name, change.Address, violations);
            else
                CheckRemoved(context.Candidate, tree, name, change.Address, violations);
        }
    }

    private static void CheckPresent(RuleContext context, EnvironmentTree tree, string name, Address address, ViolationList violations)
    {
        foreach (var other in tree.All)
        {
            if (other.Name != name && string.Equals(other.Name, name, StringComparison.OrdinalIgnoreCase))
                violations.Add(address, "", ViolationCode.ConstraintViolation, $"Environment '{name}' differs only in case from '{other.Name}', which exists.");
        }

        var path = new List<string> { name };
        for (var at = name; tree.TryFind(at, out var environment) && environment.Parent is { } parent; at = parent)
        {
            if (!tree.Contains(parent))
            {
                if (at == name && !context.IsRefused(EnvironmentKind.KindName, parent))
                    violations.Add(address, "/parent", ViolationCode.UnknownReference, $"Environment '{name}' has the parent '{parent}', which does not exist.");
                return;
            }

            path.Add(parent);
            if (parent == name)
            {
                violations.Add(address, "/parent", ViolationCode.CircularDependency, $"Environments inherit in a circle: {string.Join(" -> ", path)}.");
                return;
            }

            // A circle further up, which does not lead through this environment, is reported where it was closed.
            if (path.IndexOf(parent) < path.Count - 1)
                return;
        }
    }

    private static void CheckRemoved(Snapshot candidate, EnvironmentTree tree, string name, Address address, ViolationList violations)
    {
        var children = tree.All.Where(environment => environment.Parent == name).Select(environment => environment.Name).ToList();
        if (children.Count > 0)
            violations.Add(address, "", ViolationCode.ConstraintViolation, $"Environment '{name}' is the parent of {Phrase.List(children)}; give them another parent first.");
        var users = candidate.Configs().NamespacesWithLayersIn(name).ToList();
        if (users.Count > 0)
        {
            violations.Add(address, "", ViolationCode.ConstraintViolation,
                $"Environment '{name}' has configuration of {Phrase.List(users)}; remove those layers first.");
        }
    }
}
