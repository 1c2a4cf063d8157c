using System.Collections.Immutable;

namespace Setpoint.Core.Rules;

/// <summary>An operator that runs its body for the items of an array. The body is paid for round by round.</summary>
internal abstract class LoopNode : LogicNode
{
    private readonly LogicNode _source;

    protected LoopNode(LogicNode source, LogicNode body)
    {
        _source = source;
        Body = body;
        Cost = CostOf(source);
    }

    protected LogicNode Body { get; }

    public sealed override LogicValue Evaluate(ref LogicFrame frame)
    {
        var source = _source.Evaluate(ref frame);
        LogicItems.TryOf(source, out var items);
        var outer = frame.Scope;
        var value = Run(items, ref frame);
        frame.Scope = outer;
        return value;
    }

    protected abstract LogicValue Run(LogicItems items, ref LogicFrame frame);
}

/// <summary><c>map</c>.</summary>
internal sealed class MapNode(LogicNode source, LogicNode body) : LoopNode(source, body)
{
    protected override LogicValue Run(LogicItems items, ref LogicFrame frame)
    {
        if (items.Count == 0)
            return LogicValue.EmptyArray;
        var made = ImmutableArray.CreateBuilder<LogicValue>(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            if (!frame.Spend(1 + Body.Cost))
                return LogicValue.Null;
            frame.Scope = items[i];
            made.Add(Body.Evaluate(ref frame));
        }

        return LogicValue.Of(new LogicList(made.MoveToImmutable()));
    }
}

/// <summary><c>filter</c>.</summary>
internal sealed class FilterNode(LogicNode source, LogicNode body) : LoopNode(source, body)
{
    protected override LogicValue Run(LogicItems items, ref LogicFrame frame)
    {
        ImmutableArray<LogicValue>.Builder? kept = null;
        for (var i = 0; i < items.Count; i++)
        {
            if (!frame.Spend(1 + Body.Cost))
                return LogicValue.Null;
            var item = items[i];
            frame.Scope = item;
            if (Body.Test(ref frame))
                (kept ??= ImmutableArray.CreateBuilder<LogicValue>()).Add(item);
        }

        return kept is null ? LogicValue.EmptyArray : LogicValue.Of(new LogicList(kept.DrainToImmutable()));
    }
}

/// <summary><c>reduce</c>.</summary>
internal sealed class ReduceNode : LoopNode
{
    /// <summary>
    /// What comes back in the next round nests no deeper: everything that walks a value does so by recursion. Nothing else can nest values
    /// deeper than expression and data are.
    /// </summary>
    private const int DepthMax = 256;

    private readonly LogicNode? _initial;
    private readonly bool _isKept;

    /// <param name="source">The array.</param>
    /// <param name="body">Sees <c>current</c> and <c>accumulator</c>.</param>
    /// <param name="initial">The first accumulator; null if there is none.</param>
    /// <param name="isKept">The body may take the object that holds the two, so that each round needs one of its own.</param>
    public ReduceNode(LogicNode source, LogicNode body, LogicNode? initial, bool isKept)
        : base(source, body)
    {
        _initial = initial;
        _isKept = isKept;
        Cost = CostOf(source) + (initial?.Cost ?? 0);
    }

    protected override LogicValue Run(LogicItems items, ref LogicFrame frame)
    {
        var accumulator = _initial is null ? LogicValue.Null : _initial.Evaluate(ref frame);
        if (items.Count == 0)
            return accumulator;
        var round = new ReduceRecord();
        for (var i = 0; i < items.Count; i++)
        {
            if (!frame.Spend(1 + Body.Cost))
                return LogicValue.Null;
            if (_isKept)
                round = new ReduceRecord();
            round.Current = items[i];
            round.Accumulator = accumulator;
            frame.Scope = LogicValue.Of(round);
            accumulator = Body.Evaluate(ref frame);
            if (accumulator.Depth > DepthMax)
                frame.Stop();
        }

        return accumulator;
    }
}

internal enum LogicQuantity
{
    All,
    None,
    Some,
}

/// <summary><c>all</c>, <c>none</c> and <c>some</c>. Of no items, all is false too.</summary>
internal sealed class QuantityNode(LogicQuantity quantity, LogicNode source, LogicNode body) : LoopNode(source, body)
{
    protected override LogicValue Run(LogicItems items, ref LogicFrame frame)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (!frame.Spend(1 + Body.Cost))
                return LogicValue.Null;
            frame.Scope = items[i];
            // The first that is not as `all` wants it, or as the others ask, settles it.
            if (Body.Test(ref frame) != (quantity == LogicQuantity.All))
                return LogicValue.Of(quantity == LogicQuantity.Some);
        }

        return LogicValue.Of(quantity == LogicQuantity.None || (quantity == LogicQuantity.All && items.Count > 0));
    }
}
