using Setpoint.Core.Faults;
using Setpoint.Core.Flags.Segments;
using Setpoint.Core.Json;
using Setpoint.Core.Rules;

namespace Setpoint.Core.Flags.Evaluation;

/// <summary>Compiles the flags of one set: they share the numbers of attributes, and each segment is compiled once.</summary>
internal sealed class FlagCompiler(FlagSetSource source, LogicSlots slots)
{
    private readonly Dictionary<string, (Segment Segment, SegmentNode Node, JsonLogic? When)?> _segments = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LogicNode> _reads = new(StringComparer.Ordinal);

    /// <summary>The segment as flags of this set mean it.</summary>
    public Segment? Find(string key) => source.FindSegment(key);

    public FlagPlan Compile(Flag flag)
    {
        var settings = flag.SettingsIn(source.Chain);
        var options = FlagLogic.Targeting(flag.Key, slots, key => SegmentOf(key)?.Node);
        var work = new Work(flag, flag.IsLenient ? FlagLogic.Lenient(options) : options);
        var isEnabled = settings.IsEnabled ?? true;
        // A disabled flag is never looked into.
        var decision = isEnabled && settings.Decision is not null ? Decision(work, settings.Decision) : null;
        var schedule = isEnabled && settings.Schedule is { } written ? Schedule(work, written, decision as RulesPlan) : null;
        foreach (var key in flag.Segments)
            work.Note(SegmentOf(key)?.When);
        if (decision is RulesPlan { Rules: [], Split: null } && schedule is not { HasSteps: true })
            decision = null;
        var standard = Number(flag, settings.DefaultVariant);
        var readsTime = work.ReadsTime || work.ReadsAnything;
        var readsByName = work.ReadsByName || work.ReadsAnything;
        return new()
        {
            Flag = flag,
            Variants = [.. flag.Variants.Select(variant => new VariantPlan(variant))],
            IsEnabled = isEnabled,
            Default = standard,
            Fixed = !isEnabled ? new(-1, FlagReason.Disabled) : new(standard, standard < 0 ? FlagReason.Default : FlagReason.Static),
            Off = Number(flag, flag.OffVariant),
            Decision = decision,
            Rules = decision as RulesPlan,
            Schedule = schedule,
            Dependencies = [.. flag.Dependencies.Select(dependency => new DependencyPlan(dependency))],
            Steps = FlagLogic.StepsMax,
            ReadsTime = readsTime,
            ReadsAnything = work.ReadsAnything,
            ReadsByName = readsByName,
            Segments = [.. flag.Segments.Select(source.FindSegment)],
            IsFixed = !isEnabled || (decision is null && schedule is null && flag.Dependencies.IsEmpty),
            IsPlain = decision is not null && schedule is null && flag.Dependencies.IsEmpty && !readsTime && !readsByName,
            Cells = source.CountsUsage ? new(flag.Variants.Length) : null,
            Keys = source.CountsKeys ? new(source.KeyRoom) : null,
        };
    }

    /// <summary>What stands for a flag that a bug kept from being compiled: an error for everybody. Looks at nothing but the names of its segments.</summary>
    public FlagPlan Failed(Flag flag, Exception bug) => new()
    {
        Flag = flag,
        IsFailed = true,
        Variants = [],
        IsEnabled = true,
        Default = -1,
        Off = -1,
        Fixed = new(-1, FlagReason.Default),
        // What an exception says is for the log: nobody has checked it for what it quotes.
        Decision = new BrokenPlan($"Flag '{flag.Key}' could not be compiled ({bug.GetType().Name}), which is a bug of Setpoint. The log of the process that evaluates it says more."),
        Segments = [.. flag.Segments.Select(source.FindSegment)],
        IsFixed = false,
        IsPlain = true,
        Cells = source.CountsUsage ? new(variants: 0) : null,
        Keys = source.CountsKeys ? new(source.KeyRoom) : null,
    };

    private static int Number(Flag flag, string? variant) => variant is null ? -1 : flag.FindVariant(variant);

    private DecisionPlan Decision(Work work, FlagDecision decision)
    {
        if (decision is FlagDecision.Targeting targeting)
            return work.TryCompile(targeting.Expression, work.Options, out var expression) ? new TargetingPlan(expression) : work.Broken();

        var rules = (FlagDecision.Rules)decision;
        var conditions = FlagLogic.Condition(work.Options);
        var plans = new List<RulePlan>(rules.Clauses.Length);
        foreach (var clause in rules.Clauses)
        {
            if (!work.TryCompile(clause.When, conditions, out var when))
                return work.Broken();
            plans.Add(new(clause, when, Number(work.Flag, clause.Variant), clause.Split is null ? null : Split(work.Flag, clause.Split)));
        }

        return new RulesPlan([.. plans], rules.Split is null ? null : Split(work.Flag, rules.Split));
    }

    private SchedulePlan Schedule(Work work, FlagSchedule schedule, RulesPlan? rules)
    {
        var written = rules?.Split?.Split;
        var splits = new SplitPlan?[schedule.Steps.Length];
        for (var i = 0; i < splits.Length; i++)
        {
            // A percentage goes with the split that holds until then.
            var step = schedule.Steps[i];
            written = step.Split ?? (written is not null && step.Percentage is { } percentage ? written with { Percentage = percentage } : written);
            splits[i] = written is null ? null : Split(work.Flag, written);
        }

        return new(schedule, splits);
    }

    private SplitPlan Split(Flag flag, FlagSplit split) => new(
        split, ReadOf(split.By ?? FlagLayout.TargetingKey), split.Salt ?? flag.Key, [.. split.Weights.Select(weight => flag.FindVariant(weight.Variant))]);

    private LogicNode ReadOf(string path)
    {
        if (_reads.TryGetValue(path, out var node))
            return node;
        var read = JsonLogic.Compile(new JsonObjectBuilder(1).Add("var", path).Build(), LogicOptions.Flagd with { Slots = slots });
        return _reads[path] = read.Value.Root;
    }

    private (Segment Segment, SegmentNode Node, JsonLogic? When)? SegmentOf(string key)
    {
        if (_segments.TryGetValue(key, out var known))
            return known;
        (Segment, SegmentNode, JsonLogic?)? made = null;
        if (source.FindSegment(key) is { } segment)
        {
            JsonLogic? when = null;
            // The Gate let it through; where a newer language wrote it, it counts as absent and the flags that name it say so.
            if (segment.When is null || JsonLogic.Compile(segment.When, FlagLogic.Segment(slots)).TryGet(out when, out _))
                made = (segment, new SegmentNode(segment, ReadOf(FlagLayout.TargetingKey), when?.Root), when);
        }

        return _segments[key] = made;
    }

    /// <summary>What the expressions of one flag have in common.</summary>
    private sealed class Work(Flag flag, LogicOptions options)
    {
        private string? _problem;

        public Flag Flag => flag;

        public LogicOptions Options => options;

        public bool ReadsTime { get; private set; }

        public bool ReadsAnything { get; private set; }

        public bool ReadsByName { get; private set; }

        public void Note(JsonLogic? logic)
        {
            if (logic is null)
                return;
            ReadsAnything |= logic.ReadsAnything;
            ReadsByName |= logic.ReadsByName;
            foreach (var path in logic.Variables)
            {
                // What is added to the context is known by these paths alone; whoever takes more of it gets the context with it.
                ReadsTime |= path == FlagLogic.TimePath;
                ReadsAnything |= path.StartsWith("$flagd", StringComparison.Ordinal) && path is not (FlagLogic.TimePath or FlagLogic.FlagKeyPath);
            }
        }

        public bool TryCompile(JsonValue expression, LogicOptions with, out LogicNode node)
        {
            node = null!;
            if (!JsonLogic.Compile(expression, with).TryGet(out var logic, out var fault))
            {
                _problem = fault is Fault.Invalid invalid ? invalid.Violations[0].Message : fault.Message;
                return false;
            }

            Note(logic);
            node = logic.Root;
            return true;
        }

        public BrokenPlan Broken() => new($"The targeting of flag '{flag.Key}' cannot be read: {_problem}");
    }
}
