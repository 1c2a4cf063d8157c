using System.Collections.Frozen;
using Setpoint.Core.Rules;

namespace Setpoint.Core.Flags.Evaluation;

/// <summary>The language of flags: flagd's JSONLogic, <c>fractional</c>, and our <c>segment</c>.</summary>
internal static class FlagLogic
{
    public const string FlagKeyPath = "$flagd.flagKey";
    public const string TimePath = "$flagd.timestamp";

    /// <summary>One evaluation takes no longer than some milliseconds, whatever the expression.</summary>
    public const long StepsMax = 100_000;

    private static readonly string[] FlagdOperators = ["starts_with", "ends_with", "sem_ver"];

    private static readonly TimeNode Time = new();

    /// <summary>For flagd's <c>targeting</c>.</summary>
    /// <param name="findSegment">What the operator becomes; null if there is no such segment.</param>
    public static LogicOptions Targeting(string flagKey, LogicSlots? slots, Func<string, LogicNode?> findSegment) =>
        (LogicOptions.Flagd with
        {
            StepsMax = StepsMax,
            Slots = slots,
            Known = new Dictionary<string, LogicNode>(StringComparer.Ordinal)
            {
                [FlagKeyPath] = new ConstantNode(LogicValue.Of(flagKey)),
                [TimePath] = Time,
            }.ToFrozenDictionary(StringComparer.Ordinal),
        }).With(FractionalNode.For(flagKey), SegmentOperator(findSegment));

    /// <summary>
    /// For flags that are held to what flagd loads: its own operators are null, and no mistake, where the number of arguments is wrong.
    /// </summary>
    public static LogicOptions Lenient(LogicOptions targeting) =>
        targeting.With([.. FlagdOperators.Select(name => NullUnlessRight(targeting.Operators[name]))]);

    /// <summary>For the conditions of our own rules: the same, but a version that is none is refused where it is written.</summary>
    public static LogicOptions Condition(LogicOptions targeting) => targeting with { RefusesBadConstants = true };

    /// <summary>For segments, which belong to no flag and do not name each other.</summary>
    public static LogicOptions Segment(LogicSlots? slots) => LogicOptions.Flagd with
    {
        StepsMax = StepsMax,
        Slots = slots,
        RefusesBadConstants = true,
        Known = new Dictionary<string, LogicNode>(StringComparer.Ordinal) { [TimePath] = Time }.ToFrozenDictionary(StringComparer.Ordinal),
    };

    private static LogicOperator NullUnlessRight(LogicOperator called) => called with
    {
        ArgumentsMin = 0,
        ArgumentsMax = LogicOperator.Many,
        Build = call => call.Arguments.Length < called.ArgumentsMin || call.Arguments.Length > called.ArgumentsMax
            ? new ConstantNode(LogicValue.Null)
            : called.Build(call),
    };

    private static LogicOperator SegmentOperator(Func<string, LogicNode?> find) => new(SegmentNode.Operator, 1, 1, call =>
    {
        if (!call.TryConstant(0, out var value) || value.TextOrNull is not { } key)
            return call.Refuse(0, "the key of a segment is written as a string.");
        // A segment is about the context, and in a loop var reads the item.
        if (!call.IsAtRoot)
            return call.Refuse(0, "a segment cannot be named in the body of a loop; name it beside the loop.");
        return find(key) ?? call.Refuse(0, $"there is no segment '{FlagKeys.Clip(key)}' in the flag's namespace or in global.");
    })
    {
        IsPure = false,
    };
}
