namespace Setpoint.Core.Rules;

/// <summary>All of what is in scope.</summary>
internal sealed class ScopeNode : LogicNode
{
    public override LogicValue Evaluate(ref LogicFrame frame) => frame.Scope;
}

/// <summary>A value at a path that is known.</summary>
internal sealed class VariableNode : LogicNode
{
    private readonly LogicPath _path;
    private readonly LogicNode? _fallback;

    public VariableNode(LogicPath path, LogicNode? fallback)
    {
        _path = path;
        _fallback = fallback;
        Cost = 1 + (fallback?.Cost ?? 0);
    }

    public override LogicValue Evaluate(ref LogicFrame frame)
    {
        if (_path.TryRead(frame.Scope, out var value))
            return value;
        return _fallback is null ? LogicValue.Null : _fallback.Evaluate(ref frame);
    }
}

/// <summary>An attribute of a flat context, or a value below one.</summary>
internal sealed class SlotNode : LogicNode
{
    private readonly int _slot;
    private readonly LogicPath? _below;
    private readonly LogicNode? _fallback;

    public SlotNode(int slot, LogicPath? below, LogicNode? fallback)
    {
        _slot = slot;
        _below = below;
        _fallback = fallback;
        Cost = 1 + (fallback?.Cost ?? 0);
    }

    /// <summary>Number of the attribute if it is read whole; else -1.</summary>
    public int WholeSlot => _below is null ? _slot : -1;

    public override LogicValue Evaluate(ref LogicFrame frame)
    {
        // A context that was made before the last attributes were numbered does not have those.
        if (_slot < frame.Slots.Length)
        {
            var value = frame.Slots[_slot];
            if (!value.IsAbsent && (_below is null || _below.TryRead(value, out value)))
                return value;
        }

        return _fallback is null ? LogicValue.Null : _fallback.Evaluate(ref frame);
    }
}

/// <summary>A value at a path that evaluation finds out.</summary>
internal sealed class AnyVariableNode : LogicNode
{
    private readonly LogicNode _path;
    private readonly LogicNode? _fallback;

    public AnyVariableNode(LogicNode path, LogicNode? fallback)
    {
        _path = path;
        _fallback = fallback;
        Cost = 1 + path.Cost + (fallback?.Cost ?? 0);
    }

    public override LogicValue Evaluate(ref LogicFrame frame)
    {
        var path = _path.Evaluate(ref frame);
        if (LogicPath.IsWhole(path))
            return frame.Scope;
        if (LogicPath.TryRead(frame.Scope, LogicText.Of(path, ref frame), ref frame, out var value))
            return value;
        return _fallback is null ? LogicValue.Null : _fallback.Evaluate(ref frame);
    }
}
