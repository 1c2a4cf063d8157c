namespace Setpoint.Core.Rules;

/// <summary><c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c>, <c>&gt;=</c> of two values.</summary>
internal sealed class OrderNode : TestNode
{
    private readonly LogicComparison _comparison;
    private readonly LogicNode _left;
    private readonly LogicNode _right;

    private OrderNode(LogicComparison comparison, LogicNode left, LogicNode right)
    {
        _comparison = comparison;
        _left = left;
        _right = right;
        Cost = CostOf(left, right);
    }

    public static LogicNode Of(LogicComparison comparison, LogicNode left, LogicNode right) => (left, right) switch
    {
        (_, ConstantNode { Value.Kind: LogicKind.Number } limit) => new LimitNode(comparison, left, limit.Value),
        (ConstantNode { Value.Kind: LogicKind.Number } limit, _) => new LimitNode(LogicOrder.Mirrored(comparison), right, limit.Value),
        _ => new OrderNode(comparison, left, right),
    };

    public override bool Test(ref LogicFrame frame)
    {
        var left = _left.Evaluate(ref frame);
        var right = _right.Evaluate(ref frame);
        return LogicOrder.Holds(_comparison, left, right, ref frame);
    }
}

/// <summary>A comparison with a constant number.</summary>
internal sealed class LimitNode : TestNode
{
    private readonly LogicComparison _comparison;
    private readonly LogicOperand _operand;
    private readonly double _limit;

    public LimitNode(LogicComparison comparison, LogicNode operand, LogicValue limit)
    {
        _comparison = comparison;
        _operand = new(operand);
        _limit = limit.Number;
        Cost = CostOf(operand);
    }

    public override LogicCheck ToCheck() => LogicCheck.Limit(this, _operand, _comparison, _limit);

    public override bool Test(ref LogicFrame frame)
    {
        // With a number on one side the other is made a number too, whatever it is.
        var operand = _operand.Read(ref frame);
        return LogicOrder.Holds(_comparison, operand.IsNumber ? operand.Number : LogicNumbers.Of(operand, ref frame), _limit);
    }
}

/// <summary><c>&lt;</c> or <c>&lt;=</c> of three values: the second lies between the others.</summary>
internal sealed class BetweenNode : TestNode
{
    private readonly LogicComparison _comparison;
    private readonly LogicNode _low;
    private readonly LogicNode _middle;
    private readonly LogicNode _high;

    public BetweenNode(LogicComparison comparison, LogicNode low, LogicNode middle, LogicNode high)
    {
        _comparison = comparison;
        _low = low;
        _middle = middle;
        _high = high;
        Cost = CostOf(low, middle, high);
    }

    public override bool Test(ref LogicFrame frame)
    {
        var middle = _middle.Evaluate(ref frame);
        return LogicOrder.Holds(_comparison, _low.Evaluate(ref frame), middle, ref frame)
            && LogicOrder.Holds(_comparison, middle, _high.Evaluate(ref frame), ref frame);
    }
}
