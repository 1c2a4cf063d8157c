using System.Collections.Immutable;
using Setpoint.Core.Effects;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;

namespace Setpoint.Server.Writes;

/// <summary>What dry runs say of effective configurations, within the budget of one request.</summary>
internal static class EffectAnswer
{
    /// <summary>The answer with what the trial does to the effective configurations of one namespace.</summary>
    public static JsonObject Add(JsonObject answer, string ns, Trial trial, IEnumerable<Address> documents, CancellationToken cancellationToken) =>
        Add(answer, EffectSearch.On(ns, trial.Before, trial.After, documents, new EffectBudget(), cancellationToken));

    /// <summary>
    /// <c>changes</c>: those in each environment in which there are some, and under <c>""</c> those of the base layers alone; <c>armChanges</c>
    /// where there are arms, by environment; and how much of either was left out.
    /// </summary>
    public static JsonObject Add(JsonObject answer, NamespaceEffect effect)
    {
        var changes = new JsonObjectBuilder();
        var armChanges = new JsonObjectBuilder();
        foreach (var (environment, everybody, arms) in effect.Environments)
        {
            if (!everybody.IsEmpty)
                changes.Add(environment ?? "", ChangesJson.Of(everybody));
            if (!arms.IsEmpty)
                armChanges.Add(environment!, Of(arms));
        }

        answer = answer.With("changes", changes.Build());
        if (effect.HasArms)
            answer = answer.With("armChanges", armChanges.Build());
        answer = WithCount(answer, "changesLeftOut", effect.ChangesLeftOut);
        answer = WithCount(answer, "environmentsLeftOut", effect.EnvironmentsLeftOut);
        return WithCount(answer, "armChangesLeftOut", effect.ArmChangesLeftOut);
    }

    /// <summary><c>effects: [{namespace, changes, ...}]</c> of all namespaces, and how many were not looked at.</summary>
    public static void AddAll(JsonObjectBuilder answer, Trial trial, IReadOnlyCollection<Address> documents, CancellationToken cancellationToken)
    {
        var effects = EffectSearch.Of(trial.Before, trial.After, documents, new EffectBudget(), cancellationToken);
        answer.Add("effects", new JsonArray([.. effects.Namespaces.Select(effect => (JsonValue)Add(new JsonObjectBuilder(1).Add("namespace", effect.Namespace).Build(), effect))]));
        if (effects.LeftOut > 0)
            answer.Add("effectsLeftOut", effects.LeftOut);
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

    private static JsonObject WithCount(JsonObject answer, string name, int count) => count == 0 ? answer : answer.With(name, JsonNumber.Of(count));
}
