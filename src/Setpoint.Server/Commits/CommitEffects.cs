using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;
using Setpoint.Core.Schemas;
using Setpoint.Server.Ledger;
using Setpoint.Server.Writes;

namespace Setpoint.Server.Commits;

/// <summary>What a trial of a commit does to effective configurations.</summary>
internal static class CommitEffects
{
    // Each is resolved in every environment, before and after, and for every choice of arms.
    private const int NamespacesMax = 50;

    /// <summary><c>effects: [{namespace, changes, armChanges?}]</c> of the namespaces that the documents belong to and in which something changes.</summary>
    public static void AddTo(JsonObjectBuilder answer, Trial trial, IEnumerable<Address> documents)
    {
        ImmutableArray<string> namespaces =
        [
            .. documents.Where(address => address.Kind is ConfigKind.KindName or NamespaceKind.KindName or RolloutKind.KindName or SchemaKind.KindName)
                .Select(address => address.Segments[1]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
        var effects = ImmutableArray.CreateBuilder<JsonValue>();
        foreach (var ns in namespaces.Take(NamespacesMax))
        {
            var difference = EffectiveDifference.Between(trial.Before, trial.After, ns);
            if (!difference.IsEmpty)
                effects.Add(difference.AddTo(new JsonObjectBuilder(1).Add("namespace", ns).Build()));
        }

        answer.Add("effects", new JsonArray(effects.ToImmutable()));
        if (namespaces.Length > NamespacesMax)
            answer.Add("effectsLeftOut", namespaces.Length - NamespacesMax);
    }
}
