using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;
using Setpoint.Server.Http;

namespace Setpoint.Server.Writes;

/// <summary>What a change does to the effective configuration of a namespace, as dry runs show it.</summary>
/// <param name="Changes">The difference in each environment in which there is one; under <c>""</c> that of the base layers alone.</param>
/// <param name="ArmChanges">By environment, of those whose arms make it another difference; null where the namespace has no running rollout.</param>
internal sealed record EffectiveDifference(JsonObject Changes, JsonObject? ArmChanges)
{
    public static EffectiveDifference None { get; } = new(JsonObject.Empty, null);

    public bool IsEmpty => Changes.Count == 0 && ArmChanges is null or { Count: 0 };

    public static EffectiveDifference Between(Snapshot before, Snapshot after, string ns)
    {
        var changes = new JsonObjectBuilder();
        var armChanges = new JsonObjectBuilder();
        var hasArms = false;
        foreach (var environment in (IEnumerable<string?>)[null, .. after.Environments().All.Select(environment => environment.Name)])
        {
            var difference = ArmDifference.Between(before, after, ns, ResolveContext.Of(environment));
            hasArms |= difference.HasArms;
            if (!difference.Everybody.IsEmpty)
                changes.Add(environment ?? "", ChangesJson.Of(difference.Everybody));
            if (!difference.Arms.IsEmpty)
                armChanges.Add(environment!, Of(difference.Arms));
        }

        return new(changes.Build(), hasArms ? armChanges.Build() : null);
    }

    /// <summary><c>changes</c>, and <c>armChanges</c> where there are arms.</summary>
    public JsonObject AddTo(JsonObject answer)
    {
        answer = answer.With("changes", Changes);
        return ArmChanges is null ? answer : answer.With("armChanges", ArmChanges);
    }

    /// <summary><c>[{arms: {rollout: arm}, changes}]</c>.</summary>
    public static JsonArray Of(ImmutableArray<ArmChanges> arms) => new([.. arms.Select(One)]);

    private static JsonValue One(ArmChanges told)
    {
        var arms = new JsonObjectBuilder(told.Picks.Length);
        foreach (var pick in told.Picks)
            arms.Add(pick.Rollout, pick.Arm);
        return new JsonObjectBuilder(2).Add("arms", arms.Build()).Add("changes", ChangesJson.Of(told.Changes)).Build();
    }
}
