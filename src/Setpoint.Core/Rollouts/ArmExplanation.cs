using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Evaluation;
using Setpoint.Core.Flags.Explaining;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Rollouts;

/// <summary>Why a context is in an arm of a rollout, or in none.</summary>
public enum ArmReason
{
    /// <summary>It is in one.</summary>
    InArm,

    /// <summary>Base layers alone apply, and no rollout does.</summary>
    NoEnvironment,

    /// <summary>The rollout is not running.</summary>
    Stopped,

    /// <summary>The rollout names other environments, and none above this one.</summary>
    OtherEnvironment,

    /// <summary>The condition is not met.</summary>
    Condition,

    /// <summary>There is nothing to hash, most often no targeting key.</summary>
    NothingToHash,

    /// <summary>The percentage does not reach it.</summary>
    Percentage,

    /// <summary>The rollout could not be decided, which is a bug or a condition that takes too long.</summary>
    Error,
}

/// <summary>What a rollout came to for a context, and what it looked at.</summary>
/// <param name="Arm">Null: none.</param>
/// <param name="When">What the condition saw; null if there is none. Of a rollout that is stopped or elsewhere too: what it would see.</param>
/// <param name="Split">What the split came to, or would come to; null if it was not reached.</param>
/// <param name="Problem">What went wrong, for a person; null if nothing did.</param>
public sealed record ArmExplanation(ArmReason Reason, string? Arm, ExpressionTrace? When, SplitTrace? Split, string? Problem)
{
    /// <summary>Decides as <see cref="ArmSet"/> does, and says why. Pure.</summary>
    /// <param name="environment">One that exists; null: none was named.</param>
    public static ArmExplanation Of(Snapshot snapshot, Rollout rollout, string? environment, FlagContext context)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(rollout);
        if (environment is null)
            return new(ArmReason.NoEnvironment, null, null, null, null);

        var chain = snapshot.Environments().ChainOf(environment);
        var segments = snapshot.Segments();
        var set = FlagSet.Compile(new(rollout.Namespace, environment, chain, [rollout.Choice], key => segments.Find(rollout.Namespace, key)));
        var explained = set.Explain(rollout.Id, context, ArmSet.NoTime)!;
        var rule = explained.Rules is [var only] ? only : null;
        var split = rule is null ? explained.Split : rule.Split;
        var reason = !rollout.IsRunning ? ArmReason.Stopped
            : !rollout.AppliesIn(chain) ? ArmReason.OtherEnvironment
            : explained.Result.Error == FlagError.TargetingKeyMissing ? ArmReason.NothingToHash
            : explained.Result.Error != FlagError.None ? ArmReason.Error
            : explained.Result.Variant is not null ? ArmReason.InArm
            : rule is { IsMatch: false } ? ArmReason.Condition
            : ArmReason.Percentage;
        return new(reason, reason == ArmReason.InArm ? explained.Result.Variant : null, rule?.When, split, reason == ArmReason.Error ? ProblemOf(set) : null);
    }

    /// <summary>In words of rollouts: what decides arms is a flag, which its author has never seen.</summary>
    private static string ProblemOf(FlagSet set) => set.Failures.IsEmpty
        ? $"The condition took more than {FlagLogic.StepsMax} steps for this context, which is the limit."
        : $"The rollout could not be compiled ({set.Failures[0].Exception.GetType().Name}), which is a bug of Setpoint; reads of the namespace fail, and the log says more.";
}
