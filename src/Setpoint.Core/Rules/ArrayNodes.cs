using System.Collections.Immutable;

namespace Setpoint.Core.Rules;

/// <summary><c>merge</c>: the items of arrays, and what is no array itself.</summary>
internal sealed class MergeNode : LogicNode
{
    private readonly ImmutableArray<LogicNode> _parts;

    public MergeNode(ImmutableArray<LogicNode> parts)
    {
        _parts = parts;
        Cost = CostOf(parts.AsSpan());
    }

    public override LogicValue Evaluate(ref LogicFrame frame)
    {
        var merged = ImmutableArray.CreateBuilder<LogicValue>();
        foreach (var part in _parts)
        {
            var value = part.Evaluate(ref frame);
            if (!LogicItems.TryOf(value, out var items))
            {
                merged.Add(value);
                continue;
            }

            if (!frame.Spend(items.Count))
                return LogicValue.Null;
            for (var i = 0; i < items.Count; i++)
                merged.Add(items[i]);
        }

        return LogicValue.Of(new LogicList(merged.DrainToImmutable()));
    }
}

/// <summary><c>missing</c> with keys that are constant strings: those that lead to nothing, null or an empty string.</summary>
internal sealed class MissingPathsNode : LogicNode
{
    private readonly ImmutableArray<LogicValue> _keys;
    private readonly ImmutableArray<LogicNode> _variables;

    /// <param name="keys">Strings that are not empty.</param>
    /// <param name="variables">What reads each key.</param>
    public MissingPathsNode(ImmutableArray<LogicValue> keys, ImmutableArray<LogicNode> variables)
    {
        _keys = keys;
        _variables = variables;
        Cost = CostOf(variables.AsSpan());
    }

    public override LogicValue Evaluate(ref LogicFrame frame)
    {
        ImmutableArray<LogicValue>.Builder? missing = null;
        for (var i = 0; i < _keys.Length; i++)
        {
            if (MissingNode.IsNothing(_variables[i].Evaluate(ref frame)))
                (missing ??= ImmutableArray.CreateBuilder<LogicValue>()).Add(_keys[i]);
        }

        return missing is null ? LogicValue.EmptyArray : LogicValue.Of(new LogicList(missing.DrainToImmutable()));
    }
}

/// <summary><c>missing</c>. Keys are data: json-logic-js would run a key that looks like an expression, here it names nothing.</summary>
internal sealed class MissingNode : LogicNode
{
    private readonly ImmutableArray<LogicNode> _keys;

    public MissingNode(ImmutableArray<LogicNode> keys)
    {
        _keys = keys;
        Cost = CostOf(keys.AsSpan());
    }

    public override LogicValue Evaluate(ref LogicFrame frame)
    {
        var keys = new LogicValue[_keys.Length];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = _keys[i].Evaluate(ref frame);
        return Of(LogicValue.Of(new LogicList(ImmutableArray.Create(keys))), ref frame);
    }

    /// <summary>Those of the keys that are missing. An array in the first place holds the keys.</summary>
    public static LogicValue Of(LogicValue keys, ref LogicFrame frame)
    {
        LogicItems.TryOf(keys, out var items);
        if (items.Count > 0 && LogicItems.TryOf(items[0], out var inner))
            items = inner;
        var missing = ImmutableArray.CreateBuilder<LogicValue>();
        for (var i = 0; i < items.Count && frame.Spend(2); i++)
        {
            var key = items[i];
            if (!LogicPath.TryReadKey(frame.Scope, key, ref frame, out var value) || IsNothing(value))
                missing.Add(key);
        }

        return LogicValue.Of(new LogicList(missing.DrainToImmutable()));
    }

    public static bool IsNothing(LogicValue value) => value.IsNull || value.TextOrNull is { Length: 0 };
}

/// <summary><c>missing_some</c>: nothing if enough of the keys are there, else those that are missing.</summary>
internal sealed class MissingSomeNode : LogicNode
{
    private readonly LogicNode _needed;
    private readonly LogicNode _keys;

    public MissingSomeNode(LogicNode needed, LogicNode keys)
    {
        _needed = needed;
        _keys = keys;
        Cost = CostOf(needed, keys);
    }

    public override LogicValue Evaluate(ref LogicFrame frame)
    {
        var needed = _needed.Evaluate(ref frame);
        var keys = _keys.Evaluate(ref frame);
        // json-logic-js asks the keys for their length: a string has one, anything else has none and there are never enough.
        var count = keys.TextOrNull?.Length ?? (LogicItems.TryOf(keys, out var items) ? items.Count : double.NaN);
        var missing = MissingNode.Of(keys.IsArray ? keys : LogicValue.Of(new LogicList([keys])), ref frame);
        LogicItems.TryOf(missing, out var missed);
        return LogicOrder.Holds(LogicComparison.GreaterOrEqual, LogicValue.Of(count - missed.Count), needed, ref frame) ? LogicValue.EmptyArray : missing;
    }
}
