using System.Collections.Immutable;
using Setpoint.Core.Ledger;
using Setpoint.Core.References;
using Setpoint.Core.Rollouts;

namespace Setpoint.Core.Layers;

/// <summary>Which namespaces read which others through references, in whatever environment and for whatever user.</summary>
public static class ReferenceGraph
{
    /// <summary>
    /// All namespaces whose effective configuration may read one of these: those with a layer that names it, those that inherit such a
    /// layer, and so on. May name one too many (a layer that others override); never leaves one out. A given one is among them only if
    /// it is read in a circle or reads another of the given.
    /// </summary>
    /// <remarks>
    /// 1. Sort the layers with references (arms of rollouts too), and the schemas whose defaults may have some, by the namespaces that they name: O(those layers), and none at all where there are none.
    /// 2. For each namespace reached, take the layers that name it; all that inherit one of them are reached, too.
    /// </remarks>
    public static IReadOnlySet<string> ReferrersOf(Snapshot snapshot, IEnumerable<string> namespaces)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var namedBy = OwnersByNamed(snapshot);
        if (namedBy.Count == 0)
            return found;

        var open = new Queue<string>(namespaces);
        var looked = new HashSet<string>(open, StringComparer.Ordinal);
        while (open.TryDequeue(out var named))
        {
            foreach (var owner in namedBy.GetValueOrDefault(named) ?? [])
            {
                foreach (var reader in InheritorsOf(snapshot, owner))
                {
                    found.Add(reader);
                    if (looked.Add(reader))
                        open.Enqueue(reader);
                }
            }
        }

        return found;
    }

    /// <summary>All other namespaces that the effective configuration of this one may read, directly or through others.</summary>
    public static IReadOnlySet<string> ReadBy(Snapshot snapshot, string ns)
    {
        var named = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var referring = snapshot.Configs().Referring.Select(layer => (Owner: layer.Key.Namespace, References: layer.Value))
            .Concat(snapshot.Schemas().Referring.Select(schema => (Owner: schema.Namespace, schema.Content!.References)))
            .Concat(snapshot.Rollouts().Referring.Select(arm => (Owner: arm.Namespace, arm.References)));
        foreach (var (owner, references) in referring)
        {
            if (references.Namespaces.Length > 0)
                (named.TryGetValue(owner, out var known) ? known : named[owner] = new(StringComparer.Ordinal)).UnionWith(references.Namespaces);
        }

        var found = new HashSet<string>(StringComparer.Ordinal) { ns };
        var open = new Queue<string>(found);
        while (named.Count > 0 && open.TryDequeue(out var reader))
        {
            foreach (var owner in snapshot.Namespaces().IncludedBy(reader).Add(reader).Add(Names.Global))
            {
                foreach (var other in named.GetValueOrDefault(owner) ?? [])
                {
                    if (found.Add(other))
                        open.Enqueue(other);
                }
            }
        }

        found.Remove(ns);
        return found;
    }

    /// <summary>Whether a namespace inherits, or has, a layer with references.</summary>
    internal static Func<string, bool> Inheriting(Snapshot snapshot)
    {
        var inheriting = new HashSet<string>(StringComparer.Ordinal);
        foreach (var owner in snapshot.Configs().Referring.Select(layer => layer.Key.Namespace)
            .Concat(snapshot.Rollouts().Referring.Select(arm => arm.Namespace)).Distinct(StringComparer.Ordinal))
        {
            if (owner == Names.Global)
                return static _ => true;
            inheriting.UnionWith(snapshot.Namespaces().DependentsOf(owner));
        }

        return inheriting.Contains;
    }

    private static Dictionary<string, HashSet<string>> OwnersByNamed(Snapshot snapshot)
    {
        var owners = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var (slot, references) in snapshot.Configs().Referring)
            AddOwner(owners, slot.Namespace, references);
        foreach (var schema in snapshot.Schemas().Referring)
            AddOwner(owners, schema.Namespace, schema.Content!.References);
        foreach (var (ns, references) in snapshot.Rollouts().Referring)
            AddOwner(owners, ns, references);
        return owners;
    }

    private static void AddOwner(Dictionary<string, HashSet<string>> owners, string owner, ReferenceSet references)
    {
        foreach (var named in references.Namespaces)
            (owners.TryGetValue(named, out var known) ? known : owners[named] = new(StringComparer.Ordinal)).Add(owner);
    }

    private static IEnumerable<string> InheritorsOf(Snapshot snapshot, string owner) =>
        owner == Names.Global ? snapshot.Namespaces().All.Select(one => one.Name) : snapshot.Namespaces().DependentsOf(owner);
}
