namespace Setpoint.Core.Rules;

internal enum LogicComparison
{
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>Which value comes first: <c>&lt;</c> and its kin (ECMA-262 section 7.2.13).</summary>
internal static class LogicOrder
{
    /// <summary>Two texts by their UTF-16 code units, everything else by its number. Nothing holds of NaN.</summary>
    public static bool Holds(LogicComparison comparison, LogicValue left, LogicValue right, ref LogicFrame frame)
    {
        if (left.IsNumber && right.IsNumber)
            return Holds(comparison, left.Number, right.Number);
        left = Primitive(left, ref frame);
        right = Primitive(right, ref frame);
        if (left.TextOrNull is { } leftText && right.TextOrNull is { } rightText)
        {
            return frame.SpendOnText(Math.Min(leftText.Length, rightText.Length))
                && Holds(comparison, string.CompareOrdinal(leftText, rightText), 0);
        }

        return Holds(comparison, LogicNumbers.Of(left, ref frame), LogicNumbers.Of(right, ref frame));
    }

    public static bool Holds(LogicComparison comparison, double left, double right) => comparison switch
    {
        LogicComparison.Less => left < right,
        LogicComparison.LessOrEqual => left <= right,
        LogicComparison.Greater => left > right,
        _ => left >= right,
    };

    /// <summary>The comparison with its sides exchanged.</summary>
    public static LogicComparison Mirrored(LogicComparison comparison) => comparison switch
    {
        LogicComparison.Less => LogicComparison.Greater,
        LogicComparison.LessOrEqual => LogicComparison.GreaterOrEqual,
        LogicComparison.Greater => LogicComparison.Less,
        _ => LogicComparison.LessOrEqual,
    };

    private static LogicValue Primitive(LogicValue value, ref LogicFrame frame) =>
        value.Kind >= LogicKind.Array ? LogicValue.Of(LogicText.Of(value, ref frame)) : value;
}
