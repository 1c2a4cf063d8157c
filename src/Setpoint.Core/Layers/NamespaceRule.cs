using Setpoint.Core.Faults;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Layers;

/// <summary>Includes exist and form no circle, nothing in use disappears, and no two names differ only in case.</summary>
internal sealed class NamespaceRule : Rule
{
    private const int NamedMax = 20;

    public override void Check(RuleContext context, ViolationList violations)
    {
        HashSet<string>? removed = null;
        foreach (var change in context.Changes)
        {
            if (change.Address.Kind != NamespaceKind.KindName)
                continue;
            var index = context.Candidate.Namespaces();
            var name = change.Address.Segments[1];
            if (index.TryFind(name, out var present))
                CheckPresent(context, index, present, change.Address, violations);
            else
            {
                (removed ??= new(StringComparer.Ordinal)).Add(name);
                CheckRemoved(index, name, change.Address, violations);
            }
        }

        if (removed is not null)
            CheckLeft(context.Candidate, removed, violations);
    }

    private static void CheckPresent(RuleContext context, NamespaceIndex index, Namespace present, Address address, ViolationList violations)
    {
        foreach (var spelling in index.SpellingsOf(present.Name))
        {
            if (spelling != present.Name)
                violations.Add(address, "", ViolationCode.ConstraintViolation, $"Namespace '{present.Name}' differs only in case from '{spelling}', which exists.");
        }

        if (present.Name == Names.Global && present.Includes.Length > 0)
        {
            violations.Add(address, "/includes", ViolationCode.ConstraintViolation, $"Namespace '{Names.Global}' lies below all others and includes none.");
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < present.Includes.Length; i++)
        {
            var include = present.Includes[i];
            var path = $"/includes/{i}";
            if (include == Names.Global)
                violations.Add(address, path, ViolationCode.ConstraintViolation, $"Namespace '{present.Name}' includes '{Names.Global}', which lies below every namespace already.");
            else if (context.IsRefused(NamespaceKind.KindName, include))
                continue;
            else if (!index.Contains(include))
                violations.Add(address, path, ViolationCode.UnknownReference, $"Namespace '{present.Name}' includes '{include}', which does not exist.");
            else if (!seen.Add(include))
                violations.Add(address, path, ViolationCode.ConstraintViolation, $"Namespace '{present.Name}' includes '{include}' twice.");
            else if (FindCycle(index, present.Name, include) is { } cycle)
                violations.Add(address, path, ViolationCode.CircularDependency, $"Namespaces include each other in a circle: {string.Join(" -> ", cycle)}.");
        }
    }

    private static void CheckRemoved(NamespaceIndex index, string name, Address address, ViolationList violations)
    {
        if (name == Names.Global)
            violations.Add(address, "", ViolationCode.ConstraintViolation, $"Namespace '{Names.Global}' cannot be removed; remove its layers instead.");
        var includers = index.IncludersOf(name);
        if (includers.Count > 0)
            violations.Add(address, "", ViolationCode.ConstraintViolation, $"Namespace '{name}' is included by {Phrase.List(includers)}; remove it from their includes first.");
    }

    /// <summary>Nothing is left that belongs to a namespace that is gone.</summary>
    private static void CheckLeft(Snapshot candidate, HashSet<string> removed, ViolationList violations)
    {
        foreach (var left in NamespaceRemoval.BelongingTo(candidate, removed.Contains).GroupBy(document => document.Address.Segments[1], StringComparer.Ordinal))
        {
            var addresses = left.Select(document => document.Address.Text).ToList();
            var more = addresses.Count > NamedMax ? $" and {addresses.Count - NamedMax} more" : "";
            violations.Add(NamespaceKind.AddressOf(left.Key), "", ViolationCode.ConstraintViolation,
                $"Namespace '{left.Key}' still has {string.Join(", ", addresses.Take(NamedMax))}{more}; remove them in the same commit (DELETE /api/config/{left.Key}?all=true does).");
        }
    }

    /// <summary>A way from <paramref name="from"/> over <paramref name="first"/> back to <paramref name="from"/>, if there is one.</summary>
    private static List<string>? FindCycle(NamespaceIndex index, string from, string first)
    {
        var path = new List<string> { from };
        return Search(first, new HashSet<string>(StringComparer.Ordinal)) ? path : null;

        bool Search(string at, HashSet<string> seen)
        {
            path.Add(at);
            if (at == from)
                return true;
            if (seen.Add(at) && index.TryFind(at, out var found))
            {
                foreach (var include in found.Includes)
                {
                    if (Search(include, seen))
                        return true;
                }
            }

            path.RemoveAt(path.Count - 1);
            return false;
        }
    }
}
