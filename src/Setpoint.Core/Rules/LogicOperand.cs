using System.Runtime.CompilerServices;

namespace Setpoint.Core.Rules;

/// <summary>
/// What a condition is about. Most are about an attribute of a flat context: that is read where it stands, without a call and without a look
/// at the node.
/// </summary>
internal readonly struct LogicOperand(LogicNode node)
{
    private readonly LogicNode _node = node;
    private readonly int _slot = node is SlotNode attribute ? attribute.WholeSlot : -1;

    /// <summary>Number of the attribute; -1 if it is something else.</summary>
    public int Slot => _slot;

    /// <summary>The value, whatever it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LogicValue Read(ref LogicFrame frame)
    {
        if ((uint)_slot < (uint)frame.Slots.Length)
        {
            var value = frame.Slots[_slot];
            if (!value.IsAbsent)
                return value;
        }

        return _node.Evaluate(ref frame);
    }
}
