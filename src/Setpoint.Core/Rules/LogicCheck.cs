using System.Runtime.CompilerServices;

namespace Setpoint.Core.Rules;

/// <summary>
/// A condition in the form in which it is cheapest: of one attribute, against constants. It settles what nearly always comes, an attribute of
/// the type that is written for; everything else is left to the node that it was made of, so that there is one meaning. Immutable.
/// </summary>
internal abstract class LogicCheck(LogicNode node)
{
    /// <summary>Longer texts are paid for in steps, which the node does.</summary>
    private const int TextMax = LogicFrame.CharactersPerStep;

    /// <summary>Whether it holds, as far as the attributes alone can tell.</summary>
    /// <param name="slots">A context that was made before the last attributes were numbered does not have those.</param>
    // Each is a call of its own: the runtime puts the most frequent in line where it sees which that is, and there they run out of registers.
    public abstract LogicTruth Look(ReadOnlySpan<LogicValue> slots);

    public bool Holds(ref LogicFrame frame) => Look(frame.Slots) switch
    {
        LogicTruth.Open => node.Test(ref frame),
        var truth => truth == LogicTruth.Yes,
    };

    /// <summary>True if every one of these holds.</summary>
    public static bool AllHold(LogicCheck[] checks, ref LogicFrame frame)
    {
        foreach (var check in checks)
        {
            if (!check.Holds(ref frame))
                return false;
        }

        return true;
    }

    /// <summary>The first of these that does not hold, or is open, says so.</summary>
    // A call of its own: in line, it takes the registers of what it is a part of.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static LogicTruth LookAtAll(LogicCheck[] checks, ReadOnlySpan<LogicValue> slots)
    {
        var truth = LogicTruth.Yes;
        for (var i = 0; i < checks.Length && truth == LogicTruth.Yes; i++)
            truth = checks[i].Look(slots);
        return truth;
    }

    /// <summary>A condition of any kind.</summary>
    public static LogicCheck Of(LogicNode node) => new NodeCheck(node);

    public static LogicCheck Among(LogicNode node, LogicOperand operand, TextChoice choice, bool negated = false) =>
        operand.Slot < 0 ? Of(node) : new AmongCheck(node, operand.Slot, choice, negated);

    public static LogicCheck Affix(LogicNode node, LogicOperand operand, string affix, bool atEnd) =>
        operand.Slot < 0 || affix.Length > TextMax ? Of(node) : new AffixCheck(node, operand.Slot, affix, atEnd);

    /// <summary>A comparison with a number.</summary>
    public static LogicCheck Limit(LogicNode node, LogicOperand operand, LogicComparison comparison, double limit) =>
        operand.Slot < 0 || !double.IsFinite(limit) ? Of(node) : comparison switch
        {
            LogicComparison.Less => new NumberCheck(node, operand.Slot, double.NegativeInfinity, double.BitDecrement(limit), negated: false),
            LogicComparison.LessOrEqual => new NumberCheck(node, operand.Slot, double.NegativeInfinity, limit, negated: false),
            LogicComparison.Greater => new NumberCheck(node, operand.Slot, double.BitIncrement(limit), double.PositiveInfinity, negated: false),
            _ => new NumberCheck(node, operand.Slot, limit, double.PositiveInfinity, negated: false),
        };

    public static LogicCheck Equal(LogicNode node, LogicOperand operand, double number, bool negated) =>
        operand.Slot < 0 ? Of(node) : new NumberCheck(node, operand.Slot, number, number, negated);

    /// <summary>A version as <see cref="SemVer.TryPlain"/> gives it.</summary>
    public static LogicCheck Version(LogicNode node, LogicOperand operand, SemVerRelation relation, long version)
    {
        if (operand.Slot < 0)
            return Of(node);
        var (low, high) = relation switch
        {
            SemVerRelation.SameMajor => Above(SemVer.PlainMajorAt, version),
            SemVerRelation.SameMinor => Above(SemVer.PlainMinorAt, version),
            SemVerRelation.Less => (0, version - 1),
            SemVerRelation.LessOrEqual => (0, version),
            SemVerRelation.Greater => (version + 1, long.MaxValue),
            SemVerRelation.GreaterOrEqual => (version, long.MaxValue),
            _ => (version, version),
        };
        return new VersionCheck(node, operand.Slot, low, high, negated: relation == SemVerRelation.NotEqual);
    }

    /// <summary>The versions that are the same above a bit.</summary>
    private static (long Low, long High) Above(int bit, long version)
    {
        var low = version >> bit << bit;
        return (low, low + (1L << bit) - 1);
    }

    private static LogicTruth Truth(bool holds) => holds ? LogicTruth.Yes : LogicTruth.No;

    /// <summary>The node knows.</summary>
    private sealed class NodeCheck(LogicNode node) : LogicCheck(node)
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public override LogicTruth Look(ReadOnlySpan<LogicValue> slots) => LogicTruth.Open;
    }

    /// <summary>A text that is one of some.</summary>
    private sealed class AmongCheck(LogicNode node, int slot, TextChoice choice, bool negated) : LogicCheck(node)
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public override LogicTruth Look(ReadOnlySpan<LogicValue> slots)
        {
            if ((uint)slot >= (uint)slots.Length || slots[slot].TextOrNull is not { } text)
                return LogicTruth.Open;
            // Nothing is needed behind the call that long texts take: what makes none of its own need keep nothing for later.
            return text.Length <= TextChoice.ShortMax ? Truth(choice.ContainsShort(text) != negated) : LookLong(text);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private LogicTruth LookLong(string text) => text.Length <= TextMax ? Truth(choice.Contains(text) != negated) : LogicTruth.Open;
    }

    private sealed class AffixCheck(LogicNode node, int slot, string affix, bool atEnd) : LogicCheck(node)
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public override LogicTruth Look(ReadOnlySpan<LogicValue> slots)
        {
            if ((uint)slot >= (uint)slots.Length || slots[slot].TextOrNull is not { } text)
                return LogicTruth.Open;
            return Truth(atEnd ? text.AsSpan().EndsWith(affix) : text.AsSpan().StartsWith(affix));
        }
    }

    /// <summary>A number from a least to a greatest one.</summary>
    private sealed class NumberCheck(LogicNode node, int slot, double low, double high, bool negated) : LogicCheck(node)
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public override LogicTruth Look(ReadOnlySpan<LogicValue> slots) =>
            (uint)slot < (uint)slots.Length && slots[slot].TryNumber(out var number)
                ? Truth((number >= low && number <= high) != negated)
                : LogicTruth.Open;
    }

    /// <summary>A plain version from a least to a greatest one.</summary>
    private sealed class VersionCheck(LogicNode node, int slot, long low, long high, bool negated) : LogicCheck(node)
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public override LogicTruth Look(ReadOnlySpan<LogicValue> slots) =>
            (uint)slot < (uint)slots.Length && slots[slot].TextOrNull is { } text && SemVer.TryPlain(text, out var version)
                ? Truth((version >= low && version <= high) != negated)
                : LogicTruth.Open;
    }
}

/// <summary>What a look at the attributes tells of a condition.</summary>
internal enum LogicTruth
{
    No,
    Yes,

    /// <summary>Only the node of the condition knows.</summary>
    Open,
}
