using Setpoint.Core.Flags;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;
using Setpoint.Core.Tests.Json;

namespace Setpoint.Core.Tests.Rollouts;

/// <summary>Rollouts of the namespace mail, and who is asking.</summary>
internal static class TestRollouts
{
    public const string Namespace = "mail";

    public static ProposedChange Rollout(string id, string json) => new(RolloutKind.AddressOf(Namespace, id), JsonSamples.ObjectOf(json));

    /// <summary>A running rollout with one arm <c>new</c> for everybody with a targeting key.</summary>
    public static ProposedChange Everybody(string id, string config, string? environments = null) => Rollout(id,
        $$"""{"state":"running"{{(environments is null ? "" : $",\"environments\":{environments}")}},"split":{"weights":{"new":1} },"arms":{"new":{"config":{{config}} } } }""");

    public static FlagContext User(string? targetingKey, string attributes = "{}")
    {
        var context = JsonSamples.ObjectOf(attributes);
        return FlagContext.Of(targetingKey is null ? context : context.With("targetingKey", new JsonString(targetingKey)));
    }

    public static ArmChoice? Choose(this Snapshot snapshot, FlagContext context, string environment = "production") =>
        ArmSet.Of(snapshot, Namespace, environment)?.Choose(context);

    /// <summary>The arm of one rollout; null for none.</summary>
    public static string? ArmOf(this Snapshot snapshot, string id, FlagContext context, string environment = "production")
    {
        foreach (var pick in snapshot.Choose(context, environment)?.Picks ?? [])
        {
            if (pick.Rollout == id)
                return pick.Arm;
        }

        return null;
    }

    public static EffectiveConfiguration ResolveFor(this Snapshot snapshot, FlagContext context, string environment = "production", string? user = null) =>
        EffectiveConfiguration.Resolve(snapshot, Namespace, new(environment, user) { Arms = snapshot.Choose(context, environment) });
}
