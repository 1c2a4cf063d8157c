using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;

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
            else if (change.Address.Kind == RolloutKind.KindName && change.After.Exists)
                CheckRollout(context, context.Candidate.Rollouts().Find(change.Address.Segments[1], change.Address.Segments[2])!, violations);
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
                if (entry.Slot != slot && entry.Content is { } content)
                    Report(names, change.Address, entry.Document.Address, content.Config, violations);
            }
        }

        if (slot.Scope is LayerScope.User or LayerScope.Runtime)
            CheckArms(context.Candidate, [slot.Namespace], names, change.Address, violations);
        else
            CheckArms(context.Candidate, DependentsOf(context.Candidate, slot.Namespace), names, change.Address, violations);
    }

    /// <summary>Arms meet the layers of their own namespace, those below it, and each other.</summary>
    private static void CheckRollout(RuleContext context, Rollout rollout, ViolationList violations)
    {
        if (!rollout.IsRunning)
            return;
        var address = rollout.Document!.Address;
        // Names of arms that nobody got so far are new to everybody.
        var older = context.Before.Rollouts().Find(rollout.Namespace, rollout.Id) is { IsRunning: true } known ? known : null;
        var below = context.Candidate.Namespaces().IncludedBy(rollout.Namespace).Add(rollout.Namespace).Add(Names.Global).Distinct(StringComparer.Ordinal).ToList();
        foreach (var arm in rollout.Arms)
        {
            if (!NameTree.TryMakeOfNew(arm.Config, older?.Find(arm.Name)?.Config, out var names))
                continue;
            foreach (var layers in below.Select(context.Candidate.Configs().Find).OfType<NamespaceLayers>())
            {
                foreach (var entry in layers.All)
                {
                    if (entry.Content is { } content && (layers.Name == rollout.Namespace || entry.Slot.Scope is LayerScope.Base or LayerScope.Environment))
                        Report(names, address, entry.Document.Address, content.Config, violations);
                }
            }

            CheckArms(context.Candidate, [rollout.Namespace], names, address, violations);
        }
    }

    private static void CheckArms(Snapshot candidate, IEnumerable<string> namespaces, NameTree names, Address address, ViolationList violations)
    {
        var rollouts = candidate.Rollouts();
        if (rollouts.IsEmpty)
            return;
        foreach (var ns in namespaces)
        {
            foreach (var rollout in rollouts.In(ns)?.Running ?? [])
            {
                foreach (var arm in rollout.Arms)
                    Report(names, address, rollout.Document!.Address, arm.Config, violations);
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
                        if (layer.Content is { } content && layer.Slot != entry.Slot)
                            Report(names, entry.Slot.ToAddress(), layer.Document.Address, content.Config, violations);
                    }
                }

                CheckArms(context.Candidate, DependentsOf(context.Candidate, name), names, entry.Slot.ToAddress(), violations);
            }
        }
    }

    /// <summary>The namespaces whose layers meet this one's: below it, itself, and above it.</summary>
    private static HashSet<string> MergedWith(Snapshot snapshot, string ns)
    {
        var index = snapshot.Namespaces();
        var found = new HashSet<string>(StringComparer.Ordinal) { Names.Global };
        foreach (var dependent in DependentsOf(snapshot, ns))
        {
            found.Add(dependent);
            found.UnionWith(index.IncludedBy(dependent));
        }

        found.Add(ns);
        return found;
    }

    /// <summary>The namespaces that a layer reaches, its own among them.</summary>
    private static IEnumerable<string> DependentsOf(Snapshot snapshot, string ns) =>
        ns == Names.Global ? snapshot.Namespaces().All.Select(one => one.Name) : snapshot.Namespaces().DependentsOf(ns);

    private static void Report(NameTree names, Address address, Address other, JsonObject config, ViolationList violations)
    {
        foreach (var (path, otherPath) in names.ConflictsWith(config))
        {
            violations.Add(address, path, ViolationCode.ConstraintViolation,
                $"'{path}' and '{otherPath}' of {other} differ only in case; .NET configuration reads them as one key. Spell them alike.");
        }
    }
}
