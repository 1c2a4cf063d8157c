using System.Collections.Immutable;
using Setpoint.Core.Flags.Evaluation;
using Setpoint.Core.Json;
using Setpoint.Core.Rules;

namespace Setpoint.Core.Flags.Explaining;

/// <summary>
/// Goes the way of an evaluation again and notes what it sees. Matches and splits are those of the compiled nodes; parts of an expression are
/// compiled by the same compiler, each alone, for they have no node of their own that could be asked.
/// </summary>
internal sealed class FlagExplainer(FlagSet set, FlagPlan plan, FlagContext context, FlagTime time)
{
    private const int PartsMax = 1_000;

    private readonly LogicOptions _options = FlagLogic.Targeting(plan.Key, slots: null, key => SegmentOf(set.Source, key));
    private readonly FlagdRecord _record = new(context.Record, set.Source.Defaults?.Record, plan.Key, time.UnixSeconds);
    private int _parts;

    public FlagExplanation Explain()
    {
        var result = set.Evaluate(plan, context, time);
        var isEnabled = plan.IsEnabled && plan.Schedule?.IsOn(time.UtcTicks) != false;
        var dependencies = isEnabled ? Dependencies() : [];
        var isReached = isEnabled && dependencies.All(dependency => dependency.IsMet);
        var (rules, split) = isReached && plan.Decision is RulesPlan decision ? Rules(decision) : ([], null);
        var targeting = isReached && plan.Decision is TargetingPlan && plan.Flag.SettingsIn(set.Source.Chain).Decision is FlagDecision.Targeting written
            ? Trace(written.Expression)
            : null;
        return new(result, isEnabled, dependencies, rules, targeting, split);
    }

    private ImmutableArray<DependencyTrace> Dependencies()
    {
        var traces = ImmutableArray.CreateBuilder<DependencyTrace>();
        for (var i = 0; i < plan.Dependencies.Length; i++)
        {
            var dependency = plan.Dependencies[i];
            var other = set.PlanOf(dependency.Key);
            var result = other is null ? (FlagResult?)null : set.Evaluate(other, context, time);
            var isMet = result is { } found && dependency.IsMetBy(other!, found.Answer);
            traces.Add(new(dependency.Key, plan.Flag.Dependencies[i].Variants, result?.Variant, result?.Reason, isMet));
            if (!isMet)
                break;
        }

        return traces.ToImmutable();
    }

    private (ImmutableArray<RuleTrace> Rules, SplitTrace? Split) Rules(RulesPlan decision)
    {
        var frame = set.FrameOf(plan, context, time);
        var traces = ImmutableArray.CreateBuilder<RuleTrace>(decision.Rules.Length);
        var hasMatch = false;
        foreach (var rule in decision.Rules)
        {
            var isReached = !hasMatch;
            var isMatch = isReached && rule.Matches(ref frame);
            hasMatch |= isMatch;
            traces.Add(new(
                rule.Clause.Name,
                isReached,
                isMatch,
                isReached ? Trace(rule.Clause.When) : null,
                rule.Clause.Variant,
                isMatch && rule.Split is not null ? Split(rule.Split, ref frame) : null));
        }

        var last = plan.Schedule is { HasSteps: true } schedule ? schedule.SplitAt(time.UtcTicks, decision.Split) : decision.Split;
        return (traces.ToImmutable(), hasMatch || last is null ? null : Split(last, ref frame));
    }

    private SplitTrace Split(SplitPlan split, ref LogicFrame frame)
    {
        var written = split.Split;
        var look = split.Look(ref frame);
        var variant = split.Choose(ref frame, -1);
        return new(
            written.By ?? FlagLayout.TargetingKey,
            look?.Value.ToJson(),
            written.Percentage / 1000m,
            look is { } seen ? new(seen.Rollout, FlagSplit.Everyone) : null,
            look is { } bucket ? new(bucket.Bucket, bucket.Total) : null,
            variant >= 0,
            variant >= 0 ? plan.Variants[variant].Name : null);
    }

    private ExpressionTrace? Trace(JsonValue expression)
    {
        // Parts of what compiles compile; a large expression is explained as far as the bound reaches.
        if (_parts++ >= PartsMax || !JsonLogic.Compile(expression, _options).TryGet(out var logic, out _))
            return null;
        var frame = new LogicFrame(LogicValue.Of(_record), [], plan.Steps) { Time = time.UnixSeconds };
        var result = logic.Root.Evaluate(ref frame);
        var bucket = logic.Root is FractionalNode fractional && fractional.Look(ref frame) is { } look ? new BucketTrace(look.Bucket, look.Total) : null;
        return new(expression, result.ToJson(), [.. logic.Variables.Select(Input)], bucket, Parts(expression));
    }

    private KeyValuePair<string, JsonValue?> Input(string path) =>
        new(path, LogicPath.Parse(path).TryRead(LogicValue.Of(_record), out var value) ? value.ToJson() : null);

    private ImmutableArray<ExpressionTrace> Parts(JsonValue expression)
    {
        if (expression is not JsonObject { Count: 1 } call || call.NameAt(0) is not ("and" or "or" or "!" or "!!" or "if") || call.NameAt(0) is not { } name)
            return [];
        ImmutableArray<JsonValue> arguments = call.ValueAt(0) is JsonArray array ? array.Items : [call.ValueAt(0)];
        var parts = ImmutableArray.CreateBuilder<ExpressionTrace>();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (Trace(arguments[i]) is not { } part)
                break;
            parts.Add(part);
            var isTrue = LogicValue.Of(part.Result).IsTruthy;
            if ((name == "and" && !isTrue) || (name == "or" && isTrue))
                break;
            // A condition that does not hold skips its value; one that does ends with it.
            if (name != "if" || i == arguments.Length - 1)
                continue;
            if (!isTrue)
            {
                i++;
                continue;
            }

            if (Trace(arguments[i + 1]) is { } chosen)
                parts.Add(chosen);
            break;
        }

        return parts.ToImmutable();
    }

    private static SegmentNode? SegmentOf(FlagSetSource source, string key)
    {
        if (source.FindSegment(key) is not { } segment)
            return null;
        JsonLogic? when = null;
        if (segment.When is not null && !JsonLogic.Compile(segment.When, FlagLogic.Segment(slots: null)).TryGet(out when, out _))
            return null;
        var targetingKey = JsonLogic.Compile(new JsonObjectBuilder(1).Add("var", FlagLayout.TargetingKey).Build(), LogicOptions.Flagd).Value.Root;
        return new(segment, targetingKey, when?.Root);
    }
}
