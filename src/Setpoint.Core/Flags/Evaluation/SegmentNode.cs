using System.Collections.Frozen;
using Setpoint.Core.Flags.Segments;
using Setpoint.Core.Rules;

namespace Setpoint.Core.Flags.Evaluation;

/// <summary><c>segment</c>: whether the context belongs to a segment.</summary>
internal sealed class SegmentNode : TestNode
{
    public const string Operator = "segment";

    private readonly LogicNode _targetingKey;
    private readonly FrozenSet<string> _included;
    private readonly FrozenSet<string> _excluded;
    private readonly LogicNode? _when;

    public SegmentNode(Segment segment, LogicNode targetingKey, LogicNode? when)
    {
        _targetingKey = targetingKey;
        _included = segment.Included.ToFrozenSet(StringComparer.Ordinal);
        _excluded = segment.Excluded.ToFrozenSet(StringComparer.Ordinal);
        _when = when;
        Cost = CostOf(targetingKey) + (when?.Cost ?? 0);
    }

    public override bool Test(ref LogicFrame frame)
    {
        if (_targetingKey.Evaluate(ref frame).TextOrNull is { } key)
        {
            if (_excluded.Contains(key))
                return false;
            if (_included.Contains(key))
                return true;
        }

        return _when?.Test(ref frame) == true;
    }
}

/// <summary><c>$flagd.timestamp</c>: seconds since 1970.</summary>
internal sealed class TimeNode : LogicNode
{
    public override LogicValue Evaluate(ref LogicFrame frame) => LogicValue.Of(frame.Time);
}
