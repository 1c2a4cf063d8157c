using System.Collections.Immutable;

namespace Setpoint.Core.Rules;

/// <summary>One node of a compiled expression. Immutable; safe for any number of threads.</summary>
internal abstract class LogicNode
{
    /// <summary>Steps of one evaluation without what loops and long texts add: itself and the nodes below that are not in a loop's body.</summary>
    public int Cost { get; protected init; } = 1;

    public abstract LogicValue Evaluate(ref LogicFrame frame);

    /// <summary>The truth of the value; nodes that answer booleans spare making one.</summary>
    public virtual bool Test(ref LogicFrame frame) => Evaluate(ref frame).IsTruthy;

    /// <summary>The same condition where it is cheapest, for those that test many.</summary>
    public virtual LogicCheck ToCheck() => LogicCheck.Of(this);

    protected static int CostOf(params ReadOnlySpan<LogicNode> parts)
    {
        var cost = 1;
        foreach (var part in parts)
            cost += part.Cost;
        return cost;
    }
}

/// <summary>A node that answers true or false.</summary>
internal abstract class TestNode : LogicNode
{
    public sealed override LogicValue Evaluate(ref LogicFrame frame) => LogicValue.Of(Test(ref frame));

    public abstract override bool Test(ref LogicFrame frame);
}

internal sealed class ConstantNode(LogicValue value) : LogicNode
{
    public LogicValue Value { get; } = value;

    public override LogicValue Evaluate(ref LogicFrame frame) => Value;
}

/// <summary>An array in the expression that holds more than constants.</summary>
internal sealed class ListNode : LogicNode
{
    public ListNode(ImmutableArray<LogicNode> items)
    {
        Items = items;
        Cost = CostOf(items.AsSpan());
    }

    public ImmutableArray<LogicNode> Items { get; }

    public override LogicValue Evaluate(ref LogicFrame frame)
    {
        var values = ImmutableArray.CreateBuilder<LogicValue>(Items.Length);
        foreach (var item in Items)
            values.Add(item.Evaluate(ref frame));
        return LogicValue.Of(new LogicList(values.MoveToImmutable()));
    }
}
