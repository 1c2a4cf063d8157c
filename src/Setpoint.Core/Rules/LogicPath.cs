using Setpoint.Core.Json;

namespace Setpoint.Core.Rules;

/// <summary>Where a value lies below another, as <c>var</c> writes it: <c>pool.size</c>, <c>servers.0</c>. Split once.</summary>
/// <remarks>
/// As in JavaScript, an index leads into arrays and strings, and <c>length</c> is known of both. What JavaScript inherits besides
/// (<c>constructor</c>, <c>toString</c>) does not exist here.
/// </remarks>
internal sealed class LogicPath
{
    private readonly string[] _names;
    private readonly int[] _indexes;

    private LogicPath(string[] names)
    {
        _names = names;
        _indexes = Array.ConvertAll(names, IndexOf);
    }

    public static LogicPath Parse(string text) => new(text.Split('.'));

    /// <summary>The first name, and the path below it; null where there is none.</summary>
    public (string First, LogicPath? Below) Split() => (_names[0], _names.Length == 1 ? null : new(_names[1..]));

    public bool TryRead(LogicValue from, out LogicValue value)
    {
        value = from;
        for (var i = 0; i < _names.Length; i++)
        {
            if (!TryStep(value, _names[i], _indexes[i], out value))
                return false;
        }

        return true;
    }

    /// <summary>Reads a path that is known only now.</summary>
    public static bool TryRead(LogicValue from, string text, ref LogicFrame frame, out LogicValue value)
    {
        value = from;
        if (!frame.SpendOnText(text.Length))
            return false;
        for (var start = 0; start <= text.Length;)
        {
            var dot = text.IndexOf('.', start);
            var end = dot < 0 ? text.Length : dot;
            var name = text[start..end];
            if (!frame.Spend(1) || !TryStep(value, name, IndexOf(name), out value))
                return false;
            start = end + 1;
        }

        return true;
    }

    /// <summary>
    /// Reads what a key names: null and the empty string all of it, an array a path and its default, anything else the path it writes.
    /// </summary>
    public static bool TryReadKey(LogicValue from, LogicValue key, ref LogicFrame frame, out LogicValue value)
    {
        LogicItems items = default;
        if (key.IsArray)
        {
            LogicItems.TryOf(key, out items);
            key = items.Count > 0 ? items[0] : LogicValue.Null;
        }

        if (IsWhole(key))
        {
            value = from;
            return true;
        }

        if (TryRead(from, LogicText.Of(key, ref frame), ref frame, out value))
            return true;
        value = items.Count > 1 ? items[1] : LogicValue.Null;
        return items.Count > 1;
    }

    public static bool IsWhole(LogicValue key) => key.IsNull || key.TextOrNull is { Length: 0 };

    private static bool TryStep(LogicValue from, string name, int index, out LogicValue value)
    {
        switch (from.Container)
        {
            case JsonObject members:
                if (members.TryGetValue(name, out var member))
                {
                    value = LogicValue.Of(member);
                    return true;
                }

                break;
            case LogicRecord record:
                return record.TryGetValue(name, out value);
            case string text:
                if (index >= 0 && index < text.Length)
                {
                    value = LogicValue.Of(text[index].ToString());
                    return true;
                }

                if (name == "length")
                {
                    value = LogicValue.Of(text.Length);
                    return true;
                }

                break;
            default:
                if (!LogicItems.TryOf(from, out var items))
                    break;
                if (index >= 0 && index < items.Count)
                {
                    value = items[index];
                    return true;
                }

                if (name == "length")
                {
                    value = LogicValue.Of(items.Count);
                    return true;
                }

                break;
        }

        value = default;
        return false;
    }

    private static int IndexOf(string name) => JsonPointer.TryIndex(name, out var index) ? index : -1;
}
