using Setpoint.Core.Rules;

namespace Setpoint.Core.Flags.Evaluation;

/// <summary>How a flag chooses a variant, compiled. Immutable.</summary>
internal abstract class DecisionPlan
{
    /// <param name="ticks">The time, where <see cref="FlagPlan.Schedule"/> has steps; anything elsewhere.</param>
    /// <param name="detail">What <see cref="FlagResult"/> tells of an error; null without one.</param>
    public abstract FlagAnswer Decide(FlagPlan plan, ref LogicFrame frame, long ticks, out string? detail);
}

/// <summary>flagd's expression: its value names the variant.</summary>
internal sealed class TargetingPlan(LogicNode expression) : DecisionPlan
{
    public LogicNode Expression => expression;

    public override FlagAnswer Decide(FlagPlan plan, ref LogicFrame frame, long ticks, out string? detail)
    {
        detail = null;
        var value = expression.Evaluate(ref frame);
        if (value.TextOrNull is { } name)
            return Named(plan, name, out detail);
        switch (value.Kind)
        {
            case LogicKind.Null:
                return new(plan.Default, FlagReason.Default);
            case LogicKind.Boolean:
                return Named(plan, value.Boolean ? "true" : "false", out detail);
            case LogicKind.Number:
                return Named(plan, LogicText.Of(value, ref frame), out detail);
            case var kind:
                detail = $"The targeting of flag '{plan.Key}' came to {(kind == LogicKind.Array ? "an array" : "an object")}; it must come to the name of a variant, or null.";
                return new(-1, FlagReason.Error, FlagError.General);
        }
    }

    private static FlagAnswer Named(FlagPlan plan, string name, out string? detail)
    {
        detail = null;
        var variant = plan.FindVariant(name);
        if (variant >= 0)
            return new(variant, FlagReason.TargetingMatch);
        detail = $"The targeting of flag '{plan.Key}' came to '{FlagKeys.Clip(name)}', which is no variant of it.";
        return new(-1, FlagReason.Error, FlagError.General);
    }
}

/// <summary>Rules in their order, then a split, then the default variant.</summary>
internal sealed class RulesPlan(RulePlan[] rules, SplitPlan? split) : DecisionPlan
{
    public RulePlan[] Rules => rules;

    public SplitPlan? Split => split;

    /// <summary>Decides by what the attributes alone tell, which nearly always is all that it takes.</summary>
    /// <param name="plan">It <see cref="FlagPlan.IsPlain"/>.</param>
    /// <param name="answer">Right if this answers true.</param>
    /// <param name="next">The rule to go on with if it does not: those before it do not match.</param>
    public bool TryDecide(FlagPlan plan, ReadOnlySpan<LogicValue> slots, out FlagAnswer answer, out int next)
    {
        answer = default;
        var serves = split;
        for (next = 0; next < rules.Length; next++)
        {
            var rule = rules[next];
            var truth = LogicCheck.LookAtAll(rule.All, slots);
            if (truth == LogicTruth.No)
                continue;
            if (truth == LogicTruth.Open)
                return false;
            serves = rule.Split;
            if (serves is not null)
                break;
            answer = new(rule.Variant, FlagReason.TargetingMatch);
            return true;
        }

        if (serves is null)
        {
            answer = Otherwise(plan);
            return true;
        }

        var variant = serves.Choose(slots, plan.Default);
        answer = new(variant, FlagReason.Split);
        return variant != SplitPlan.Open;
    }

    public override FlagAnswer Decide(FlagPlan plan, ref LogicFrame frame, long ticks, out string? detail) => Decide(plan, ref frame, ticks, from: 0, out detail);

    /// <param name="from">The first rule to look at: those before it do not match.</param>
    public FlagAnswer Decide(FlagPlan plan, ref LogicFrame frame, long ticks, int from, out string? detail)
    {
        detail = null;
        foreach (var rule in rules.AsSpan(from))
        {
            if (!rule.Matches(ref frame))
                continue;
            return rule.Split is null ? new(rule.Variant, FlagReason.TargetingMatch) : Choose(plan, rule.Split, ref frame, out detail);
        }

        var last = plan.Schedule is { HasSteps: true } schedule ? schedule.SplitAt(ticks, split) : split;
        return last is null ? Otherwise(plan) : Choose(plan, last, ref frame, out detail);
    }

    private FlagAnswer Otherwise(FlagPlan plan) => new(plan.Default, rules.Length > 0 || plan.Default < 0 ? FlagReason.Default : FlagReason.Static);

    private static FlagAnswer Choose(FlagPlan plan, SplitPlan split, ref LogicFrame frame, out string? detail)
    {
        detail = null;
        var variant = split.Choose(ref frame, plan.Default);
        if (variant != SplitPlan.NothingToHash)
            return new(variant, FlagReason.Split);
        detail = split.Split.By ?? FlagLayout.TargetingKey;
        return new(-1, FlagReason.Error, FlagError.TargetingKeyMissing);
    }
}

/// <summary>A rule, compiled.</summary>
/// <param name="variant">Number of the variant; -1 if a split is served.</param>
internal sealed class RulePlan(FlagClause clause, LogicNode when, int variant, SplitPlan? split)
{
    public FlagClause Clause => clause;

    /// <summary>What must hold.</summary>
    public LogicCheck[] All { get; } = JunctionNode.AllOf(when);

    public int Variant => variant;

    public SplitPlan? Split => split;

    public bool Matches(ref LogicFrame frame) => LogicCheck.AllHold(All, ref frame);
}

/// <summary>An expression that could not be compiled.</summary>
internal sealed class BrokenPlan(string problem) : DecisionPlan
{
    public override FlagAnswer Decide(FlagPlan plan, ref LogicFrame frame, long ticks, out string? detail)
    {
        detail = problem;
        return new(-1, FlagReason.Error, FlagError.ParseError);
    }
}
