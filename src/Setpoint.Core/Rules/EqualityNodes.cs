namespace Setpoint.Core.Rules;

/// <summary><c>==</c>, <c>===</c> and their negations.</summary>
internal sealed class EqualNode : TestNode
{
    private readonly LogicNode _left;
    private readonly LogicNode _right;
    private readonly bool _strict;
    private readonly bool _negated;

    private EqualNode(LogicNode left, LogicNode right, bool strict, bool negated)
    {
        _left = left;
        _right = right;
        _strict = strict;
        _negated = negated;
        Cost = CostOf(left, right);
    }

    public static LogicNode Of(LogicNode left, LogicNode right, bool strict, bool negated)
    {
        // Equality has no direction, so that a constant may as well stand on the right.
        if (left is ConstantNode)
            (left, right) = (right, left);
        return right switch
        {
            ConstantNode { Value.Kind: LogicKind.String } text => new EqualTextNode(left, text.Value, strict, negated),
            ConstantNode { Value.Kind: LogicKind.Number } number => new EqualNumberNode(left, number.Value, strict, negated),
            _ => new EqualNode(left, right, strict, negated),
        };
    }

    public override bool Test(ref LogicFrame frame)
    {
        var left = _left.Evaluate(ref frame);
        var right = _right.Evaluate(ref frame);
        return (_strict ? LogicEquality.Strict(left, right, ref frame) : LogicEquality.Loose(left, right, ref frame)) != _negated;
    }
}

/// <summary>Equality with a constant text.</summary>
internal sealed class EqualTextNode : TestNode
{
    private readonly LogicOperand _operand;
    private readonly LogicValue _value;
    private readonly string _text;
    private readonly bool _strict;
    private readonly bool _negated;

    public EqualTextNode(LogicNode operand, LogicValue text, bool strict, bool negated)
    {
        _operand = new(operand);
        _value = text;
        _text = text.Text;
        _strict = strict;
        _negated = negated;
        Cost = CostOf(operand);
    }

    public override LogicCheck ToCheck() => LogicCheck.Among(this, _operand, new([_text]), _negated);

    public override bool Test(ref LogicFrame frame)
    {
        var operand = _operand.Read(ref frame);
        if (operand.TextOrNull is { } text)
            return LogicEquality.SameText(text, _text, ref frame) != _negated;
        return (!_strict && LogicEquality.Loose(operand, _value, ref frame)) != _negated;
    }
}

/// <summary>Equality with a constant number.</summary>
internal sealed class EqualNumberNode : TestNode
{
    private readonly LogicOperand _operand;
    private readonly LogicValue _value;
    private readonly double _number;
    private readonly bool _strict;
    private readonly bool _negated;

    public EqualNumberNode(LogicNode operand, LogicValue number, bool strict, bool negated)
    {
        _operand = new(operand);
        _value = number;
        _number = number.Number;
        _strict = strict;
        _negated = negated;
        Cost = CostOf(operand);
    }

    public override LogicCheck ToCheck() => LogicCheck.Equal(this, _operand, _number, _negated);

    public override bool Test(ref LogicFrame frame)
    {
        var operand = _operand.Read(ref frame);
        if (operand.IsNumber)
            return (operand.Number == _number) != _negated;
        return (!_strict && LogicEquality.Loose(operand, _value, ref frame)) != _negated;
    }
}
