using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Layers;

/// <summary>
/// Names in layers that are merged with each other never differ only in case: .NET's configuration would read them as one key, and crash
/// on it. Only names that a change introduces are looked at, so that changing values costs nothing here.
/// </summary>
/// <remarks>
/// A namespace has one spelling for a name in all its environments, also in two that no context merges: a spelling that is right in
/// staging and refused in production would be found out on the day of the release.
/// </remarks>
internal sealed class ConfigCaseRule : Rule
{
    public override void Check(RuleContext context, ViolationList violations)
    {
        foreach (var change in context.Changes)
        {
            if (change.Address.Kind == ConfigKind.KindName && change.After.Exists && LayerSlot.TryParse(change.Address, out var slot, out _))
                CheckLayer(context, slot, change, violations);
            else if (change.Address.Kind == NamespaceKind.KindName && change.After.Exists)
                CheckIncludes(context, change.Address.Segments[1], violations);
        }
    }

    private static void CheckLayer(RuleContext context, in LayerSlot slot, DocumentChange change, ViolationList violations)
    {
        var config = ConfigKind.ConfigOf(slot, change.After.Body!);
        var before = change.Before?.Body is { } body ? ConfigKind.ConfigOf(slot, body) : null;
        if (!NameTree.TryMakeOfNew(config, before, out var names))
            return;
        foreach (var ns in MergedWith(context.Candidate, slot.Namespace))
        {
            if (context.Candidate.Configs().Find(ns) is not { } layers)
                continue;
            // Two users' settings are never merged with each other; passing them by keeps a commit of many users from growing with its square.
            foreach (var entry in slot.Scope == LayerScope.User ? layers.AllButUsers : layers.All)
            {
                if (entry.Slot != slot && entry.Content is not null)
                    Report(names, change.Address, entry, violations);
            }
        }
    }

    /// <summary>An include brings layers together that were apart before.</summary>
    private static void CheckIncludes(RuleContext context, string name, ViolationList violations)
    {
        var now = context.Candidate.Namespaces().IncludedBy(name);
        var added = now.Except(context.Before.Namespaces().IncludedBy(name)).ToImmutableArray();
        if (added.IsEmpty)
            return;
        var configs = context.Candidate.Configs();
        foreach (var include in added)
        {
            foreach (var entry in configs.Find(include)?.All ?? [])
            {
                if (entry.Content is null || !NameTree.TryMakeOfNew(entry.Content.Config, null, out var names))
                    continue;
                foreach (var other in MergedWith(context.Candidate, name))
                {
                    foreach (var layer in configs.Find(other)?.All ?? [])
                    {
                        if (layer.Content is not null && layer.Slot != entry.Slot)
                            Report(names, entry.Slot.ToAddress(), layer, violations);
                    }
                }
            }
        }
    }

    /// <summary>The namespaces whose layers meet this one's: below it, itself, and above it.</summary>
    private static HashSet<string> MergedWith(Snapshot snapshot, string ns)
    {
        var index = snapshot.Namespaces();
        var found = new HashSet<string>(StringComparer.Ordinal) { Names.Global };
        var dependents = ns == Names.Global ? index.All.Select(one => one.Name) : index.DependentsOf(ns);
        foreach (var dependent in dependents)
        {
            found.Add(dependent);
            found.UnionWith(index.IncludedBy(dependent));
        }

        found.Add(ns);
        return found;
    }

    private static void Report(NameTree names, Address address, LayerEntry other, ViolationList violations)
    {
        foreach (var (path, otherPath) in names.ConflictsWith(other.Content!.Config))
        {
            violations.Add(address, path, ViolationCode.ConstraintViolation,
                $"'{path}' and '{otherPath}' of {other.Document.Address} differ only in case; .NET configuration reads them as one key. Spell them alike.");
        }
    }
}
