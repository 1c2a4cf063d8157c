using System.Runtime.CompilerServices;

namespace Setpoint.Core.Rules;

/// <summary>
/// A condition in the form in which it is cheapest: of one attribute, against constants, as data. It settles what nearly always comes, an
/// attribute of the type that is written for; everything else is left to the node that it was made of, so that there is one meaning.
/// </summary>
internal readonly struct LogicCheck
{
    /// <summary>Longer texts are paid for in steps, which the node does.</summary>
    private const int TextMax = LogicFrame.CharactersPerStep;

    private readonly LogicNode _node;
    private readonly TextChoice? _choice;
    private readonly string? _affix;
    private readonly long _low;
    private readonly long _high;
    private readonly int _slot = -1;
    private readonly Form _form;
    private readonly bool _negated;

    private LogicCheck(LogicNode node, Form form, LogicOperand operand, bool negated = false)
    {
        _node = node;
        _form = operand.Slot >= 0 ? form : Form.Other;
        _slot = operand.Slot;
        _negated = negated;
    }

    private LogicCheck(LogicNode node, TextChoice choice, LogicOperand operand, bool negated)
        : this(node, Form.Among, operand, negated) => _choice = choice;

    private LogicCheck(LogicNode node, Form form, string affix, LogicOperand operand)
        : this(node, affix.Length <= TextMax ? form : Form.Other, operand) => _affix = affix;

    private LogicCheck(LogicNode node, Form form, (long Low, long High) range, LogicOperand operand, bool negated)
        : this(node, form, operand, negated) => (_low, _high) = range;

    private enum Form : byte
    {
        /// <summary>The node knows.</summary>
        Other,

        /// <summary>A text that is one of some.</summary>
        Among,
        StartsWith,
        EndsWith,

        /// <summary>A number from a least to a greatest one.</summary>
        Number,

        /// <summary>A plain version from a least to a greatest one.</summary>
        Version,
    }

    /// <summary>A condition of any kind.</summary>
    public static LogicCheck Of(LogicNode node) => new(node, Form.Other, default(LogicOperand));

    public static LogicCheck Among(LogicNode node, LogicOperand operand, TextChoice choice, bool negated = false) => new(node, choice, operand, negated);

    public static LogicCheck Affix(LogicNode node, LogicOperand operand, string affix, bool atEnd) =>
        new(node, atEnd ? Form.EndsWith : Form.StartsWith, affix, operand);

    /// <summary>A comparison with a number.</summary>
    public static LogicCheck Limit(LogicNode node, LogicOperand operand, LogicComparison comparison, double limit) => double.IsFinite(limit)
        ? Within(node, operand, comparison switch
        {
            LogicComparison.Less => (double.NegativeInfinity, double.BitDecrement(limit)),
            LogicComparison.LessOrEqual => (double.NegativeInfinity, limit),
            LogicComparison.Greater => (double.BitIncrement(limit), double.PositiveInfinity),
            _ => (limit, double.PositiveInfinity),
        })
        : Of(node);

    public static LogicCheck Equal(LogicNode node, LogicOperand operand, double number, bool negated) => Within(node, operand, (number, number), negated);

    /// <summary>A version as <see cref="SemVer.TryPlain"/> gives it.</summary>
    public static LogicCheck Version(LogicNode node, LogicOperand operand, SemVerRelation relation, long version) => relation switch
    {
        SemVerRelation.SameMajor => Within(node, operand, SemVer.PlainMajorAt, version),
        SemVerRelation.SameMinor => Within(node, operand, SemVer.PlainMinorAt, version),
        SemVerRelation.Less => new(node, Form.Version, (0, version - 1), operand, negated: false),
        SemVerRelation.LessOrEqual => new(node, Form.Version, (0, version), operand, negated: false),
        SemVerRelation.Greater => new(node, Form.Version, (version + 1, long.MaxValue), operand, negated: false),
        SemVerRelation.GreaterOrEqual => new(node, Form.Version, (version, long.MaxValue), operand, negated: false),
        _ => new(node, Form.Version, (version, version), operand, negated: relation == SemVerRelation.NotEqual),
    };

    /// <summary>True if every one of these holds.</summary>
    public static bool AllHold(ReadOnlySpan<LogicCheck> checks, ref LogicFrame frame)
    {
        var slots = frame.Slots;
        foreach (ref readonly var check in checks)
        {
            // A context that was made before the last attributes were numbered does not have those.
            var value = (uint)check._slot < (uint)slots.Length ? slots[check._slot] : LogicValue.Null;
            bool isSo;
            switch (check._form)
            {
                case Form.Among when value.TextOrNull is { Length: <= TextMax } text:
                    isSo = check._choice!.Contains(text);
                    break;
                case Form.StartsWith when value.TextOrNull is { } text:
                    isSo = StartsWith(text, check._affix!);
                    break;
                case Form.EndsWith when value.TextOrNull is { } text:
                    isSo = EndsWith(text, check._affix!);
                    break;
                case Form.Number when value.TryNumber(out var number):
                    isSo = number >= BitConverter.Int64BitsToDouble(check._low) && number <= BitConverter.Int64BitsToDouble(check._high);
                    break;
                case Form.Version when value.TextOrNull is { } text && SemVer.TryPlain(text, out var version):
                    isSo = version >= check._low && version <= check._high;
                    break;
                default:
                    if (!check._node.Test(ref frame))
                        return false;
                    continue;
            }

            if (isSo == check._negated)
                return false;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool StartsWith(string text, string affix) => text.AsSpan().StartsWith(affix);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool EndsWith(string text, string affix) => text.AsSpan().EndsWith(affix);

    private static LogicCheck Within(LogicNode node, LogicOperand operand, (double Low, double High) range, bool negated = false) => new(
        node, Form.Number, (BitConverter.DoubleToInt64Bits(range.Low), BitConverter.DoubleToInt64Bits(range.High)), operand, negated);

    /// <summary>The versions that are the same above a bit.</summary>
    private static LogicCheck Within(LogicNode node, LogicOperand operand, int bit, long version)
    {
        var low = version >> bit << bit;
        return new(node, Form.Version, (low, low + (1L << bit) - 1), operand, negated: false);
    }
}
