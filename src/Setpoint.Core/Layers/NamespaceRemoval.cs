using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Layers;

/// <summary>Removes a namespace with all that belongs to it: layers, rollouts, schema, flags, segments. What others need of it, the Gate knows.</summary>
public static class NamespaceRemoval
{
    public static Result<ImmutableArray<ProposedChange>> Plan(Snapshot before, string ns, long? expectedVersion = null)
    {
        if (!before.Namespaces().Contains(ns))
            return Fault.Missing.Namespace(ns);
        ImmutableArray<ProposedChange> changes =
        [
            new(NamespaceKind.AddressOf(ns), null, expectedVersion),
            .. BelongingTo(before, name => name == ns).Select(document => new ProposedChange(document.Address, null)),
        ];
        return changes;
    }

    /// <summary>What there is of some namespaces, in order of address. Looks at every document once.</summary>
    internal static IEnumerable<Document> BelongingTo(Snapshot snapshot, Func<string, bool> isWanted) => snapshot.Documents
        .Where(document => document.Exists
            && snapshot.Catalog.TryFind(document.Address.Kind, out var kind)
            && kind.NamespaceOf(document.Address) is { } name
            && isWanted(name))
        .OrderBy(document => document.Address.Text, StringComparer.Ordinal);
}
