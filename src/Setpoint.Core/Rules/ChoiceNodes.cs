using System.Collections.Immutable;

namespace Setpoint.Core.Rules;

/// <summary><c>if</c>: the value beside the first condition that holds.</summary>
internal sealed class IfNode : LogicNode
{
    private readonly ImmutableArray<LogicNode> _conditions;
    private readonly ImmutableArray<LogicNode> _values;
    private readonly LogicNode _otherwise;

    private IfNode(ImmutableArray<LogicNode> conditions, ImmutableArray<LogicNode> values, LogicNode otherwise)
    {
        _conditions = conditions;
        _values = values;
        _otherwise = otherwise;
        Cost = CostOf([.. conditions, .. values, otherwise]);
    }

    /// <summary>Condition, value, condition, value, ... and perhaps a last value. Branches that constants decide are decided here.</summary>
    public static LogicNode Of(ImmutableArray<LogicNode> arguments)
    {
        var conditions = ImmutableArray.CreateBuilder<LogicNode>();
        var values = ImmutableArray.CreateBuilder<LogicNode>();
        var otherwise = arguments.Length % 2 == 1 ? arguments[^1] : new ConstantNode(LogicValue.Null);
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            if (arguments[i] is not ConstantNode decided)
            {
                conditions.Add(arguments[i]);
                values.Add(arguments[i + 1]);
            }
            else if (decided.Value.IsTruthy)
            {
                otherwise = arguments[i + 1];
                break;
            }
        }

        return conditions.Count == 0 ? otherwise : new IfNode(conditions.ToImmutable(), values.ToImmutable(), otherwise);
    }

    public override LogicValue Evaluate(ref LogicFrame frame) => Chosen(ref frame).Evaluate(ref frame);

    public override bool Test(ref LogicFrame frame) => Chosen(ref frame).Test(ref frame);

    private LogicNode Chosen(ref LogicFrame frame)
    {
        for (var i = 0; i < _conditions.Length; i++)
        {
            if (_conditions[i].Test(ref frame))
                return _values[i];
        }

        return _otherwise;
    }
}

/// <summary><c>and</c>, <c>or</c>: the first value that settles it, else the last.</summary>
internal sealed class JunctionNode : LogicNode
{
    private readonly ImmutableArray<LogicNode> _parts;
    private readonly LogicCheck[] _checks;
    private readonly bool _settledBy;

    /// <param name="parts">At least one.</param>
    /// <param name="settledBy">The truth of a value that settles it: false for <c>and</c>.</param>
    public JunctionNode(ImmutableArray<LogicNode> parts, bool settledBy)
    {
        _parts = parts;
        _settledBy = settledBy;
        _checks = [.. parts.Select(part => part.ToCheck())];
        Cost = CostOf(parts.AsSpan());
    }

    /// <summary>The conditions that must all hold, if this is an <c>and</c>.</summary>
    public static LogicCheck[] AllOf(LogicNode condition) => condition is JunctionNode { _settledBy: false } all ? all._checks : [condition.ToCheck()];

    public override LogicValue Evaluate(ref LogicFrame frame)
    {
        for (var i = 0; i < _parts.Length - 1; i++)
        {
            var value = _parts[i].Evaluate(ref frame);
            if (value.IsTruthy == _settledBy)
                return value;
        }

        return _parts[^1].Evaluate(ref frame);
    }

    public override bool Test(ref LogicFrame frame)
    {
        if (!_settledBy)
            return LogicCheck.AllHold(_checks, ref frame);
        foreach (var check in _checks)
        {
            if (check.Holds(ref frame))
                return true;
        }

        return false;
    }
}

/// <summary><c>!!</c>, and negated <c>!</c>.</summary>
internal sealed class TruthNode : TestNode
{
    private readonly LogicNode _operand;
    private readonly bool _negated;

    public TruthNode(LogicNode operand, bool negated)
    {
        _operand = operand;
        _negated = negated;
        Cost = CostOf(operand);
    }

    public override bool Test(ref LogicFrame frame) => _operand.Test(ref frame) != _negated;
}
