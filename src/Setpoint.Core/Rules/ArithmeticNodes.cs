using System.Collections.Immutable;

namespace Setpoint.Core.Rules;

/// <summary><c>+</c>: the sum of what the arguments begin with when they are read as text.</summary>
internal sealed class SumNode : LogicNode
{
    private readonly ImmutableArray<LogicNode> _terms;

    public SumNode(ImmutableArray<LogicNode> terms)
    {
        _terms = terms;
        Cost = CostOf(terms.AsSpan());
    }

    public override LogicValue Evaluate(ref LogicFrame frame)
    {
        double sum = 0;
        foreach (var term in _terms)
            sum += LogicNumbers.Parsed(term.Evaluate(ref frame), ref frame);
        return LogicValue.Of(sum);
    }
}

/// <summary><c>*</c>, likewise. One factor alone comes back as it is, a text as a text.</summary>
internal sealed class ProductNode : LogicNode
{
    private readonly ImmutableArray<LogicNode> _factors;

    public ProductNode(ImmutableArray<LogicNode> factors)
    {
        _factors = factors;
        Cost = CostOf(factors.AsSpan());
    }

    public override LogicValue Evaluate(ref LogicFrame frame)
    {
        var product = _factors[0].Evaluate(ref frame);
        for (var i = 1; i < _factors.Length; i++)
        {
            var factor = _factors[i].Evaluate(ref frame);
            product = LogicValue.Of(LogicNumbers.Parsed(product, ref frame) * LogicNumbers.Parsed(factor, ref frame));
        }

        return product;
    }
}

/// <summary><c>-</c> of one value.</summary>
internal sealed class NegativeNode : LogicNode
{
    private readonly LogicNode _operand;

    public NegativeNode(LogicNode operand)
    {
        _operand = operand;
        Cost = CostOf(operand);
    }

    public override LogicValue Evaluate(ref LogicFrame frame) => LogicValue.Of(-LogicNumbers.Of(_operand.Evaluate(ref frame), ref frame));
}

internal enum LogicArithmetic
{
    Minus,
    Divide,
    Remainder,
}

/// <summary><c>-</c>, <c>/</c> and <c>%</c> of two values.</summary>
internal sealed class ArithmeticNode : LogicNode
{
    private readonly LogicArithmetic _operation;
    private readonly LogicNode _left;
    private readonly LogicNode _right;

    public ArithmeticNode(LogicArithmetic operation, LogicNode left, LogicNode right)
    {
        _operation = operation;
        _left = left;
        _right = right;
        Cost = CostOf(left, right);
    }

    public override LogicValue Evaluate(ref LogicFrame frame)
    {
        var left = LogicNumbers.Of(_left.Evaluate(ref frame), ref frame);
        var right = LogicNumbers.Of(_right.Evaluate(ref frame), ref frame);
        return LogicValue.Of(_operation switch
        {
            LogicArithmetic.Minus => left - right,
            LogicArithmetic.Divide => left / right,
            _ => left % right,
        });
    }
}

/// <summary><c>min</c> and <c>max</c>: NaN if any value is none.</summary>
internal sealed class ExtremeNode : LogicNode
{
    private readonly ImmutableArray<LogicNode> _operands;
    private readonly bool _largest;

    public ExtremeNode(ImmutableArray<LogicNode> operands, bool largest)
    {
        _operands = operands;
        _largest = largest;
        Cost = CostOf(operands.AsSpan());
    }

    public override LogicValue Evaluate(ref LogicFrame frame)
    {
        var extreme = LogicNumbers.Of(_operands[0].Evaluate(ref frame), ref frame);
        for (var i = 1; i < _operands.Length; i++)
        {
            var operand = LogicNumbers.Of(_operands[i].Evaluate(ref frame), ref frame);
            extreme = _largest ? Math.Max(extreme, operand) : Math.Min(extreme, operand);
        }

        return LogicValue.Of(extreme);
    }
}
