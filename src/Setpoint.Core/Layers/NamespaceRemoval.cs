using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;

namespace Setpoint.Core.Layers;

/// <summary>Removes a namespace with all its layers and rollouts.</summary>
public static class NamespaceRemoval
{
    public static Result<ImmutableArray<ProposedChange>> Plan(Snapshot before, string ns, long? expectedVersion = null)
    {
        if (!before.Namespaces().Contains(ns))
            return Fault.Missing.Namespace(ns);
        var changes = ImmutableArray.CreateBuilder<ProposedChange>();
        changes.Add(new(NamespaceKind.AddressOf(ns), null, expectedVersion));
        foreach (var entry in before.Configs().Find(ns)?.All ?? [])
        {
            if (entry.Content is not null)
                changes.Add(new(entry.Document.Address, null));
        }

        foreach (var rollout in before.Rollouts().In(ns)?.All ?? [])
            changes.Add(new(rollout.Document!.Address, null));
        return changes.ToImmutable();
    }
}
