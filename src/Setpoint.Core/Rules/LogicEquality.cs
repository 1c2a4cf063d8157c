using Setpoint.Core.Json;

namespace Setpoint.Core.Rules;

/// <summary>Whether values are equal: <c>===</c> and <c>==</c>.</summary>
/// <remarks>
/// Arrays and objects are equal by content, where JavaScript asks whether they are the same object: documents share equal parts here or do
/// not, by their history, and an answer must not depend on it.
/// </remarks>
internal static class LogicEquality
{
    public static bool Strict(LogicValue left, LogicValue right, ref LogicFrame frame)
    {
        if (left.IsNumber)
            return right.IsNumber && left.Number == right.Number;
        if (left.TextOrNull is { } text)
            return right.TextOrNull is { } other && SameText(text, other, ref frame);
        var kind = left.Kind;
        return kind == right.Kind && kind switch
        {
            LogicKind.Null => true,
            LogicKind.Boolean => left.Boolean == right.Boolean,
            LogicKind.Array => SameItems(left, right, ref frame),
            _ => SameMembers(left, right, ref frame),
        };
    }

    /// <summary>ECMA-262 section 7.2.14.</summary>
    public static bool Loose(LogicValue left, LogicValue right, ref LogicFrame frame)
    {
        var leftKind = left.Kind;
        var rightKind = right.Kind;
        if (leftKind == rightKind)
            return Strict(left, right, ref frame);
        if (leftKind == LogicKind.Null || rightKind == LogicKind.Null)
            return false;

        // An array and an object are two objects, whatever their text.
        var leftHolds = leftKind >= LogicKind.Array;
        var rightHolds = rightKind >= LogicKind.Array;
        if (leftHolds && rightHolds)
            return false;
        if (leftHolds && rightKind == LogicKind.String)
            return SameText(LogicText.Of(left, ref frame), right.Text, ref frame);
        if (rightHolds && leftKind == LogicKind.String)
            return SameText(left.Text, LogicText.Of(right, ref frame), ref frame);
        return LogicNumbers.Of(left, ref frame) == LogicNumbers.Of(right, ref frame);
    }

    public static bool SameText(string left, string right, ref LogicFrame frame) =>
        ReferenceEquals(left, right)
        || (left.Length == right.Length && frame.SpendOnText(left.Length) && string.Equals(left, right, StringComparison.Ordinal));

    private static bool SameItems(LogicValue left, LogicValue right, ref LogicFrame frame)
    {
        if (ReferenceEquals(left.Container, right.Container))
            return true;
        LogicItems.TryOf(left, out var these);
        LogicItems.TryOf(right, out var those);
        if (these.Count != those.Count)
            return false;
        for (var i = 0; i < these.Count; i++)
        {
            if (!frame.Spend(1) || !Strict(these[i], those[i], ref frame))
                return false;
        }

        return true;
    }

    private static bool SameMembers(LogicValue left, LogicValue right, ref LogicFrame frame)
    {
        if (ReferenceEquals(left.Container, right.Container))
            return true;
        var these = (JsonObject)left.ToJson();
        var those = (JsonObject)right.ToJson();
        if (these.Count != those.Count)
            return false;
        for (var i = 0; i < these.Count; i++)
        {
            if (!frame.Spend(1) || !those.TryGetValue(these.NameAt(i), out var other)
                || !Strict(LogicValue.Of(these.ValueAt(i)), LogicValue.Of(other), ref frame))
                return false;
        }

        return true;
    }
}
