using System.Collections.Immutable;
using Setpoint.Core.Json;

namespace Setpoint.Core.Rules;

/// <summary>An array that an expression made. Immutable.</summary>
internal sealed class LogicList(ImmutableArray<LogicValue> items)
{
    public static readonly LogicList Empty = new([]);

    // Made once: a list that holds another twice, and that one a third twice, would else become exponentially many arrays.
    private JsonArray? _json;

    // 0 until asked for. Every thread that computes it finds the same number.
    private int _depth;

    public ImmutableArray<LogicValue> Items { get; } = items;

    /// <summary>Levels of arrays and objects; 1 if the items are scalars.</summary>
    public int Depth
    {
        get
        {
            if (_depth != 0)
                return _depth;
            var deepest = 0;
            foreach (var item in Items)
                deepest = Math.Max(deepest, item.Depth);
            return _depth = deepest + 1;
        }
    }

    public JsonArray ToJson() => _json ??= new([.. Items.Select(item => item.ToJson())]);
}

/// <summary>The items of an array of either origin; the default has none.</summary>
internal readonly struct LogicItems
{
    private readonly ImmutableArray<JsonValue> _shared;
    private readonly ImmutableArray<LogicValue> _made;

    private LogicItems(ImmutableArray<JsonValue> shared, ImmutableArray<LogicValue> made)
    {
        _shared = shared;
        _made = made;
    }

    public int Count => !_made.IsDefault ? _made.Length : _shared.IsDefault ? 0 : _shared.Length;

    public LogicValue this[int index] => _made.IsDefault ? LogicValue.Of(_shared[index]) : _made[index];

    /// <summary>False if the value is no array.</summary>
    public static bool TryOf(LogicValue value, out LogicItems items)
    {
        items = value.Container switch
        {
            JsonArray array => new(array.Items, default),
            LogicList list => new(default, list.Items),
            _ => default,
        };
        return !items._made.IsDefault || !items._shared.IsDefault;
    }
}
