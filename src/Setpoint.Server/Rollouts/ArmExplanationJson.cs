using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Explaining;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;
using Setpoint.Server.Http;

namespace Setpoint.Server.Rollouts;

/// <summary>Why somebody is in an arm, or in none, as it is shown. Pure.</summary>
internal static class ArmExplanationJson
{
    /// <param name="audience">Null: nobody in particular.</param>
    public static JsonObject Of(Snapshot snapshot, Rollout rollout, string? environment, Audience? audience)
    {
        var explained = ArmExplanation.Of(snapshot, rollout, environment, audience?.Context ?? FlagContext.Empty);
        var json = new JsonObjectBuilder(12)
            .Add("namespace", rollout.Namespace)
            .Add("id", rollout.Id)
            .Add("version", rollout.Document!.Version)
            .Add("state", rollout.IsRunning ? "running" : "stopped")
            .Add("environment", TextOrNull(environment))
            .Add("applies", environment is not null && rollout.AppliesIn(snapshot.Environments().ChainOf(environment)))
            .Add("targetingKey", TextOrNull(audience?.TargetingKey))
            .Add("arm", TextOrNull(explained.Arm))
            .Add("reason", Word(explained.Reason))
            .Add("explanation", Sentence(rollout, environment, explained));
        if (explained.When is { } when)
            json.Add("when", TraceJson.Expression(when));
        if (explained.Split is { } split)
            json.Add("split", TraceJson.Split(split, "arm"));
        return json.Build();
    }

    private static JsonValue TextOrNull(string? text) => text is null ? JsonNull.Instance : new JsonString(text);

    private static string Word(ArmReason reason) => reason switch
    {
        ArmReason.InArm => "IN_ARM",
        ArmReason.NoEnvironment => "NO_ENVIRONMENT",
        ArmReason.Stopped => "STOPPED",
        ArmReason.OtherEnvironment => "OTHER_ENVIRONMENT",
        ArmReason.Condition => "CONDITION",
        ArmReason.NothingToHash => "NOTHING_TO_HASH",
        ArmReason.Percentage => "PERCENTAGE",
        ArmReason.Error => "ERROR",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Unknown reason."),
    };

    private static string Sentence(Rollout rollout, string? environment, ArmExplanation explained) => explained.Reason switch
    {
        ArmReason.InArm => $"The hash of '{explained.Split!.By}' falls into arm '{explained.Arm}'.",
        ArmReason.NoEnvironment => "No environment is named, so base layers alone apply. Send 'environment' or the header X-Environment.",
        ArmReason.Stopped => "The rollout is stopped, and nobody has an arm; 'when' and 'split' say what it would come to.",
        ArmReason.OtherEnvironment => $"The rollout applies in {string.Join(", ", rollout.Environments)} and below; {environment} is none of these.",
        ArmReason.Condition => "The condition 'when' is not met; its inputs are what the context has.",
        ArmReason.NothingToHash when explained.Split?.By is { } by && by != Audience.TargetingKeyName =>
            $"There is nothing to hash: the context has no text, number or boolean '{by}'. Send 'ctx.{by}'.",
        ArmReason.NothingToHash => "There is nothing to hash: the targeting key is missing or empty. Send 'user' or 'ctx.targetingKey'.",
        ArmReason.Percentage => Missed(explained.Split!),
        ArmReason.Error => explained.Problem!,
        _ => throw new ArgumentOutOfRangeException(nameof(explained), explained.Reason, "Unknown reason."),
    };

    private static string Missed(SplitTrace split)
    {
        var share = split.Percentage.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture);
        return split.Rollout is { } drawn && split.Percentage > 0
            ? $"The percentage does not reach it: it is {share} %, which takes numbers below {(long)(split.Percentage * 1000)}, and the hash of '{split.By}' came to {drawn.Number} of {drawn.Total}."
            : $"The percentage is {share} %, which is nobody.";
    }
}
