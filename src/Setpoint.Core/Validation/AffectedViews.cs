using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;
using Setpoint.Core.Schemas;

namespace Setpoint.Core.Validation;

/// <summary>
/// Whose effective configuration a commit may change: namespaces, and of each the environments and users. May name one too many; never
/// leaves one out.
/// </summary>
/// <remarks>
/// 1. A layer of <c>global</c> reaches every namespace; another's reaches those that include it. 2. A layer of an environment reaches the
/// environments below it; a user's layer that user; a runtime override its own environment. 3. A schema reaches its namespace, and those
/// whose schemas refer to it. 4. Includes of a namespace reach it and those that include it; an environment's parent reaches all namespaces
/// in the environments below it. 5. What refers to an affected namespace is affected in the same
/// places, also where that was removed. 6. So is whose rules read an affected namespace.
/// </remarks>
internal sealed class AffectedViews
{
    private readonly Snapshot _candidate;
    private readonly Dictionary<string, AffectedScope> _scopes = new(StringComparer.Ordinal);

    private AffectedViews(Snapshot candidate) => _candidate = candidate;

    /// <summary>By namespace, which exists.</summary>
    public IEnumerable<KeyValuePair<string, AffectedScope>> Scopes => _scopes.Where(pair => _candidate.Namespaces().Contains(pair.Key));

    public static AffectedViews Of(RuleContext context) => Of(context, context.Changes.Select(change => change.Address));

    /// <summary>Whose configuration these documents may change.</summary>
    public static AffectedViews Of(RuleContext context, IEnumerable<Address> documents)
    {
        var views = new AffectedViews(context.Candidate);
        // A rollout that is gone, or cannot be read, leaves those who are in no arm, and they are as they were.
        views.AddDocuments(documents, [context.Candidate]);
        views.AddReferrers();
        views.AddWatchers(context.Before);
        return views;
    }

    /// <summary>
    /// Whose configuration these documents make another one, for who tells of it: also that of namespaces that are gone and of arms that end,
    /// and not of those whose rules alone look on.
    /// </summary>
    public static IReadOnlyDictionary<string, AffectedScope> OfDifference(Snapshot before, Snapshot after, IEnumerable<Address> documents)
    {
        var views = new AffectedViews(after);
        views.AddDocuments(documents, [before, after]);
        views.AddReferrers();
        return views._scopes;
    }

    /// <param name="rolloutsAt">Where rollouts are looked up.</param>
    private void AddDocuments(IEnumerable<Address> documents, ReadOnlySpan<Snapshot> rolloutsAt)
    {
        foreach (var address in documents)
        {
            switch (address.Kind)
            {
                case ConfigKind.KindName when LayerSlot.TryParse(address, out var slot, out _):
                    AddLayer(slot);
                    break;
                case NamespaceKind.KindName:
                    AddDependents(address.Segments[1], AffectedScope.All);
                    break;
                case EnvironmentKind.KindName:
                    AddEverybody(Below(address.Segments[1]));
                    break;
                case RolloutKind.KindName when address.Segments is [_, var ns, var id]:
                    foreach (var snapshot in rolloutsAt)
                    {
                        if (snapshot.Rollouts().Find(ns, id) is { } rollout)
                            AddRollout(rollout);
                    }

                    break;
                case SchemaKind.KindName:
                    Add(address.Segments[1], AffectedScope.All);
                    foreach (var leaning in _candidate.Schemas().Leaning)
                        Add(leaning.Namespace, AffectedScope.All);
                    break;
            }
        }
    }

    private void AddReferrers()
    {
        // Scopes are few: a change of global settings has one for all namespaces.
        foreach (var group in _scopes.GroupBy(pair => pair.Value, pair => pair.Key, ReferenceEqualityComparer.Instance).ToList())
        {
            foreach (var referrer in ReferenceGraph.ReferrersOf(_candidate, group))
                Add(referrer, (AffectedScope)group.Key!);
        }
    }

    private void AddWatchers(Snapshot before)
    {
        foreach (var entry in _candidate.Schemas().Watching)
        {
            // Rules read configurations and not each other's verdicts, so one round is enough.
            foreach (var use in entry.Content!.Rules.SelectMany(rule => rule.Uses))
            {
                // Who stops to depend on it is news as well.
                foreach (var ns in use.IsDependents ? Dependents.Of(_candidate, entry.Namespace).Union(Dependents.Of(before, entry.Namespace)) : [use.Namespace])
                {
                    if (ns != entry.Namespace && _scopes.TryGetValue(ns, out var scope))
                        Add(entry.Namespace, scope);
                }
            }
        }
    }

    private void AddLayer(in LayerSlot slot)
    {
        switch (slot.Scope)
        {
            case LayerScope.User:
                Add(slot.Namespace, AffectedScope.OfUser(slot.Key));
                break;
            case LayerScope.Runtime:
                Add(slot.Namespace, AffectedScope.In([slot.Key]));
                break;
            default:
                var scope = slot.Scope == LayerScope.Base ? AffectedScope.All : Below(slot.Key);
                if (slot.Namespace == Names.Global)
                    AddEverybody(scope);
                else
                    AddDependents(slot.Namespace, scope);
                break;
        }
    }

    /// <summary>One that is stopped or removed takes views away, and leaves those that are there as they are.</summary>
    private void AddRollout(Rollout rollout)
    {
        if (!rollout.IsRunning)
            return;
        var scope = rollout.Environments.IsEmpty ? AffectedScope.All : rollout.Environments.Select(Below).Aggregate((left, right) => left.Join(right));
        Add(rollout.Namespace, scope);
    }

    /// <summary>The environment and those that inherit from it.</summary>
    private AffectedScope Below(string environment)
    {
        var tree = _candidate.Environments();
        return AffectedScope.In([.. tree.All.Select(one => one.Name).Where(name => tree.ChainOf(name).Contains(environment, StringComparer.Ordinal))]);
    }

    private void AddEverybody(AffectedScope scope)
    {
        foreach (var ns in _candidate.Namespaces().All)
            Add(ns.Name, scope);
    }

    private void AddDependents(string ns, AffectedScope scope)
    {
        foreach (var dependent in _candidate.Namespaces().DependentsOf(ns))
            Add(dependent, scope);
    }

    private void Add(string ns, AffectedScope scope) =>
        _scopes[ns] = _scopes.TryGetValue(ns, out var known) ? known.Join(scope) : scope;
}
