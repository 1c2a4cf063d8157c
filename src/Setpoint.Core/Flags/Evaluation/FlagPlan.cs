using Setpoint.Core.Flags.Segments;
using Setpoint.Core.Json;

namespace Setpoint.Core.Flags.Evaluation;

/// <summary>A flag compiled for one environment. Immutable but for its counters; safe for any number of threads.</summary>
internal sealed class FlagPlan
{
    public required Flag Flag { get; init; }

    public string Key => Flag.Key;

    public required VariantPlan[] Variants { get; init; }

    public required bool IsEnabled { get; init; }

    /// <summary>Number of the variant; -1 for the default in the caller's code.</summary>
    public required int Default { get; init; }

    /// <summary>Number of the variant; -1 for the default in the caller's code.</summary>
    public required int Off { get; init; }

    /// <summary>Null: the default variant for everybody.</summary>
    public DecisionPlan? Decision { get; init; }

    /// <summary>The decision, where it is one of rules; null elsewhere.</summary>
    public RulesPlan? Rules { get; init; }

    public SchedulePlan? Schedule { get; init; }

    public DependencyPlan[] Dependencies { get; init; } = [];

    /// <summary>Steps that one evaluation may take beyond those of its straight-line code.</summary>
    public long Steps { get; init; }

    /// <summary>A bug kept it from being compiled.</summary>
    public bool IsFailed { get; init; }

    /// <summary>An expression asks for the time.</summary>
    public bool ReadsTime { get; init; }

    /// <summary>An expression takes the context whole, or finds out at run time what it reads.</summary>
    public bool ReadsAnything { get; init; }

    /// <summary>An expression looks into the context by name, for example <c>missing</c>.</summary>
    public bool ReadsByName { get; init; }

    /// <summary>The segments it was compiled with; another one in their place, and it has to be compiled again.</summary>
    public required Segment?[] Segments { get; init; }

    /// <summary>True if the answer is the same for everybody at any time.</summary>
    public required bool IsFixed { get; init; }

    /// <summary>True if its decision, looking at attributes, is all there is to it.</summary>
    public required bool IsPlain { get; init; }

    /// <summary>Null if answers are not counted.</summary>
    public FlagCells? Cells { get; init; }

    /// <summary>Null if targeting keys are not counted.</summary>
    public FlagKeySketch? Keys { get; init; }

    /// <summary>The answer where there is nothing to decide.</summary>
    public required FlagAnswer Fixed { get; init; }

    /// <summary>The variant of an answer; null if the default in the caller's code stands.</summary>
    public VariantPlan? Served(FlagAnswer answer) => answer.Variant >= 0 ? Variants[answer.Variant] : null;

    public int FindVariant(string name)
    {
        var variants = Variants;
        for (var i = 0; i < variants.Length; i++)
        {
            if (string.Equals(variants[i].Name, name, StringComparison.Ordinal))
                return i;
        }

        return -1;
    }
}

/// <summary>A variant with its value read.</summary>
internal sealed class VariantPlan
{
    public VariantPlan(FlagVariant variant)
    {
        Name = variant.Name;
        Value = variant.Value;
        Type = variant.Value switch
        {
            JsonBoolean => FlagType.Boolean,
            JsonString => FlagType.String,
            JsonNumber => FlagType.Number,
            JsonObject => FlagType.Object,
            _ => FlagType.Mixed,
        };
        Boolean = variant.Value is JsonBoolean { Value: true };
        Number = variant.Value is JsonNumber number ? number.ToDouble() : 0;
        Text = (variant.Value as JsonString)?.Value;
    }

    public string Name { get; }

    public JsonValue Value { get; }

    public FlagType Type { get; }

    public bool Boolean { get; }

    public double Number { get; }

    public string? Text { get; }
}

/// <summary>A flag that must serve one of these variants.</summary>
internal sealed class DependencyPlan(FlagDependency dependency)
{
    public string Key => dependency.Flag;

    /// <summary>True of an answer of the flag that is depended on.</summary>
    public bool IsMetBy(FlagPlan other, FlagAnswer answer)
    {
        if (answer.Error != FlagError.None || other.Served(answer) is not { } served)
            return false;
        if (!dependency.Variants.IsEmpty)
            return dependency.Variants.Contains(served.Name, StringComparer.Ordinal);
        return served.Name != other.Flag.OffVariant && (served.Type != FlagType.Boolean || served.Boolean);
    }
}

/// <summary>When a flag is on, in ticks of UTC.</summary>
internal sealed class SchedulePlan(FlagSchedule schedule, SplitPlan?[] splits)
{
    private readonly long _start = schedule.Start?.UtcTicks ?? long.MinValue;
    private readonly long _end = schedule.End?.UtcTicks ?? long.MaxValue;
    private readonly long[] _steps = [.. schedule.Steps.Select(step => step.At.UtcTicks)];

    public bool IsOn(long ticks) => ticks >= _start && ticks < _end;

    public bool IsAlways => _start == long.MinValue && _end == long.MaxValue;

    public bool HasSteps => _steps.Length > 0;

    /// <summary>The split of the last step that has come; the written one before the first.</summary>
    public SplitPlan? SplitAt(long ticks, SplitPlan? written)
    {
        for (var i = _steps.Length - 1; i >= 0; i--)
        {
            if (_steps[i] <= ticks)
                return splits[i];
        }

        return written;
    }

    /// <summary>The first moment after this one at which the schedule changes something.</summary>
    public long? NextChange(long after)
    {
        long? next = null;
        Look(_start);
        Look(_end);
        foreach (var step in _steps)
        {
            // What happens outside of start and end is not seen.
            if (IsOn(step))
                Look(step);
        }

        return next;

        void Look(long moment)
        {
            if (moment > after && moment != long.MaxValue && (next is null || moment < next))
                next = moment;
        }
    }
}
