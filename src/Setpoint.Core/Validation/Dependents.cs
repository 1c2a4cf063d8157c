using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Validation;

/// <summary>Who uses a namespace: those that include it and those that refer to it, directly or through others. <c>@dependents</c> of a rule.</summary>
internal static class Dependents
{
    /// <summary>In order of name, the namespace itself left out.</summary>
    public static IEnumerable<string> Of(Snapshot snapshot, string ns) =>
        snapshot.Namespaces().DependentsOf(ns)
            .Union(ReferenceGraph.ReferrersOf(snapshot, [ns]), StringComparer.Ordinal)
            .Where(name => name != ns)
            .Order(StringComparer.Ordinal);
}
