namespace Setpoint.Core.Rules;

/// <summary>One evaluation on its way: the data in sight, and the steps that are left.</summary>
/// <remarks>
/// A step is one node of the expression, one item of an array, or 16 characters of text. Straight-line code is finite and is charged when
/// the evaluation starts; loops charge their body before each round. Once the budget is spent, loops stop and every value on the way out is
/// meaningless: only <see cref="IsSpent"/> counts. The count depends on nothing but expression and data, so that a rule that times out on
/// one server does so on all.
/// </remarks>
internal ref struct LogicFrame
{
    /// <summary>Text that one step pays for.</summary>
    public const int CharactersPerStep = 16;

    private long _steps;

    public LogicFrame(LogicValue root, ReadOnlySpan<LogicValue> slots, long steps)
    {
        Root = root;
        Scope = root;
        Slots = slots;
        _steps = steps;
    }

    /// <summary>What <c>var</c> reads: the root, or the item that a loop is at.</summary>
    public LogicValue Scope;

    /// <summary>The data that the evaluation began with.</summary>
    public readonly LogicValue Root;

    /// <summary>Attributes of the data by the number that the compiler gave them; empty where the data is a JSON value.</summary>
    public readonly ReadOnlySpan<LogicValue> Slots;

    /// <summary>Seconds since 1970 as the caller has them, for nodes that ask; 0 where nobody does.</summary>
    public double Time;

    public readonly bool IsSpent => _steps < 0;

    /// <summary>Takes steps off the budget; false if it does not have them.</summary>
    public bool Spend(long steps)
    {
        _steps -= steps;
        return _steps >= 0;
    }

    /// <summary>Pays for a look at, or the making of, a text. Short ones are part of their node.</summary>
    public bool SpendOnText(int length) => length <= CharactersPerStep || Spend(length / CharactersPerStep);

    /// <summary>Ends the evaluation as if the budget were spent.</summary>
    public void Stop() => _steps = -1;
}
