using Setpoint.Core.Rules;

namespace Setpoint.Core.Flags;

/// <summary>How a flag chooses a variant, compiled. Immutable.</summary>
internal abstract class DecisionPlan
{
    /// <param name="ticks">The time, where <see cref="FlagPlan.Schedule"/> has steps; anything elsewhere.</param>
    public abstract FlagResult Decide(FlagPlan plan, ref LogicFrame frame, long ticks);
}

/// <summary>flagd's expression: its value names the variant.</summary>
internal sealed class TargetingPlan(LogicNode expression) : DecisionPlan
{
    public LogicNode Expression => expression;

    public override FlagResult Decide(FlagPlan plan, ref LogicFrame frame, long ticks)
    {
        var value = expression.Evaluate(ref frame);
        if (value.TextOrNull is { } name)
            return Named(plan, name);
        return value.Kind switch
        {
            LogicKind.Null => new(plan, plan.Default, FlagReason.Default),
            LogicKind.Boolean => Named(plan, value.Boolean ? "true" : "false"),
            LogicKind.Number => Named(plan, LogicText.Of(value, ref frame)),
            var kind => new(plan, -1, FlagReason.Error, FlagError.General,
                $"The targeting of flag '{plan.Key}' came to {(kind == LogicKind.Array ? "an array" : "an object")}; it must come to the name of a variant, or null."),
        };
    }

    private static FlagResult Named(FlagPlan plan, string name)
    {
        var variant = plan.FindVariant(name);
        if (variant >= 0)
            return new(plan, variant, FlagReason.TargetingMatch);
        return new(plan, -1, FlagReason.Error, FlagError.General, $"The targeting of flag '{plan.Key}' came to '{FlagKeys.Clip(name)}', which is no variant of it.");
    }
}

/// <summary>Rules in their order, then a split, then the default variant.</summary>
internal sealed class RulesPlan(RulePlan[] rules, SplitPlan? split) : DecisionPlan
{
    public RulePlan[] Rules => rules;

    public SplitPlan? Split => split;

    public override FlagResult Decide(FlagPlan plan, ref LogicFrame frame, long ticks)
    {
        foreach (var rule in rules)
        {
            if (!rule.Matches(ref frame))
                continue;
            return rule.Split is null ? new(plan, rule.Variant, FlagReason.TargetingMatch) : Choose(plan, rule.Split, ref frame);
        }

        var last = plan.Schedule is { HasSteps: true } schedule ? schedule.SplitAt(ticks, split) : split;
        if (last is not null)
            return Choose(plan, last, ref frame);
        return new(plan, plan.Default, rules.Length > 0 || plan.Default < 0 ? FlagReason.Default : FlagReason.Static);
    }

    private static FlagResult Choose(FlagPlan plan, SplitPlan split, ref LogicFrame frame) => split.TryChoose(ref frame, plan.Default, out var variant)
        ? new(plan, variant, FlagReason.Split)
        : new(plan, -1, FlagReason.Error, FlagError.TargetingKeyMissing, split.Split.By ?? FlagLayout.TargetingKey);
}

/// <summary>A rule, compiled.</summary>
/// <param name="variant">Number of the variant; -1 if a split is served.</param>
internal sealed class RulePlan(FlagClause clause, LogicNode when, int variant, SplitPlan? split)
{
    // Most conditions are an 'and' of some: asked here one by one they are spared a call.
    private readonly LogicNode[] _all = when is JunctionNode { All: { } parts } ? [.. parts] : [when];

    public FlagClause Clause => clause;

    public int Variant => variant;

    public SplitPlan? Split => split;

    public bool Matches(ref LogicFrame frame)
    {
        foreach (var condition in _all)
        {
            if (!condition.Test(ref frame))
                return false;
        }

        return true;
    }
}

/// <summary>An expression that could not be compiled.</summary>
internal sealed class BrokenPlan(string problem) : DecisionPlan
{
    public override FlagResult Decide(FlagPlan plan, ref LogicFrame frame, long ticks) =>
        new(plan, -1, FlagReason.Error, FlagError.ParseError, problem);
}
