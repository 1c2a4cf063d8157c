using System.Runtime.CompilerServices;
using Setpoint.Core.Json;

namespace Setpoint.Core.Rules;

/// <summary>
/// A value while an expression runs: a JSON value whose numbers are doubles, so that arithmetic makes no objects. Immutable; the default is null.
/// </summary>
/// <remarks>
/// 16 bytes: a reference that also says the kind, and room for a number. Arrays are <see cref="JsonArray"/> (from the data) or
/// <see cref="LogicList"/> (made on the way), objects <see cref="JsonObject"/> or <see cref="LogicRecord"/>. Numbers may be NaN or
/// infinite, which JSON cannot write: <see cref="ToJson"/> makes null of them, as JSON.stringify does.
/// </remarks>
public readonly struct LogicValue : IEquatable<LogicValue>
{
    private readonly object? _reference;
    private readonly double _number;

    private LogicValue(object? reference, double number = 0)
    {
        _reference = reference;
        _number = number;
    }

    /// <summary>The JSON value null.</summary>
    public static LogicValue Null => default;

    /// <summary>Nothing at all: a slot that the context does not fill. It never leaves a variable, which answers its default instead.</summary>
    internal static LogicValue Absent => new(Tag.Absent);

    internal static LogicValue EmptyArray => new(LogicList.Empty);

    internal static LogicValue EmptyText => new("");

    public LogicKind Kind => _reference switch
    {
        null => LogicKind.Null,
        Tag tag => tag.Kind,
        string => LogicKind.String,
        JsonArray or LogicList => LogicKind.Array,
        _ => LogicKind.Object,
    };

    public bool IsNull => _reference is null;

    internal bool IsAbsent => ReferenceEquals(_reference, Tag.Absent);

    internal bool IsBoolean => ReferenceEquals(_reference, Tag.Boolean);

    internal bool IsNumber => ReferenceEquals(_reference, Tag.Number);

    internal bool IsArray => _reference is JsonArray or LogicList;

    /// <summary>The string, or null if this is none.</summary>
    internal string? TextOrNull => _reference as string;

    /// <summary>The number; false if this is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryNumber(out double number)
    {
        number = _number;
        return IsNumber;
    }

    /// <summary>What the value holds when it is neither a string, number, boolean nor null.</summary>
    internal object? Container => _reference;

    /// <exception cref="InvalidOperationException">The value is no boolean.</exception>
    public bool Boolean => IsBoolean ? _number != 0 : throw Wrong(LogicKind.Boolean);

    /// <summary>The number; NaN and infinities are possible.</summary>
    /// <exception cref="InvalidOperationException">The value is no number.</exception>
    public double Number => IsNumber ? _number : throw Wrong(LogicKind.Number);

    /// <exception cref="InvalidOperationException">The value is no string.</exception>
    public string Text => _reference as string ?? throw Wrong(LogicKind.String);

    /// <summary>False for null, false, 0, NaN, the empty string and the empty array; true for everything else, the empty object too.</summary>
    public bool IsTruthy => _reference switch
    {
        null => false,
        Tag => _number != 0 && !double.IsNaN(_number),
        string text => text.Length > 0,
        JsonArray array => array.Items.Length > 0,
        LogicList list => list.Items.Length > 0,
        _ => true,
    };

    public static LogicValue Of(bool value) => new(Tag.Boolean, value ? 1 : 0);

    public static LogicValue Of(double value) => new(Tag.Number, value);

    public static LogicValue Of(string value) => new(value ?? throw new ArgumentNullException(nameof(value)));

    public static LogicValue Of(JsonValue value) => value switch
    {
        JsonString text => new(text.Value),
        JsonNumber number => new(Tag.Number, ToDouble(number)),
        JsonBoolean boolean => new(Tag.Boolean, boolean.Value ? 1 : 0),
        JsonNull => default,
        JsonArray or JsonObject => new(value),
        _ => throw new ArgumentNullException(nameof(value)),
    };

    internal static LogicValue Of(LogicList list) => new(list);

    internal static LogicValue Of(LogicRecord record) => new(record);

    /// <summary>The value as JSON. Numbers get their shortest digits; parts that came from the data are shared, not copied.</summary>
    public JsonValue ToJson() => _reference switch
    {
        null => JsonNull.Instance,
        Tag tag => tag.Kind switch
        {
            LogicKind.Boolean => JsonBoolean.Of(_number != 0),
            LogicKind.Number when double.IsFinite(_number) => JsonNumber.Of(_number),
            _ => JsonNull.Instance,
        },
        string text => new JsonString(LogicText.WithoutHalves(text)),
        LogicList list => list.ToJson(),
        LogicRecord record => record.ToJson(),
        var shared => (JsonValue)shared,
    };

    /// <summary>Levels of arrays and objects: 0 for a scalar.</summary>
    internal int Depth => _reference switch
    {
        JsonValue shared => shared.Depth,
        LogicList list => list.Depth,
        LogicRecord record => record.Depth,
        _ => 0,
    };

    /// <summary>True for the same kind and content; numbers by value. NaN equals NaN here, unlike in an expression.</summary>
    public bool Equals(LogicValue other) => Kind == other.Kind && Kind switch
    {
        LogicKind.Boolean or LogicKind.Number => _number.Equals(other._number),
        LogicKind.String => string.Equals(Text, other.Text, StringComparison.Ordinal),
        LogicKind.Array or LogicKind.Object => ToJson().Equals(other.ToJson()),
        _ => true,
    };

    public override bool Equals(object? obj) => obj is LogicValue other && Equals(other);

    public override int GetHashCode() => Kind switch
    {
        LogicKind.Boolean or LogicKind.Number => HashCode.Combine(Kind, _number),
        LogicKind.String => Text.GetHashCode(StringComparison.Ordinal),
        LogicKind.Array or LogicKind.Object => ToJson().GetHashCode(),
        _ => 0,
    };

    /// <summary>The value as JSON text.</summary>
    public override string ToString() => ToJson().ToString();

    public static bool operator ==(LogicValue left, LogicValue right) => left.Equals(right);

    public static bool operator !=(LogicValue left, LogicValue right) => !left.Equals(right);

    private InvalidOperationException Wrong(LogicKind wanted) => new($"The value is {Kind}, not {wanted}; look at its kind first.");

    /// <summary>Most numbers of configurations are short integers: those need no parser.</summary>
    private static double ToDouble(JsonNumber number)
    {
        var text = number.Text;
        // 15 digits are below 2^53, so that every step is exact.
        if (text.Length > 15 || text[0] == '-')
            return number.ToDouble();
        long value = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
                return number.ToDouble();
            value = (value * 10) + (c - '0');
        }

        return value;
    }

    private sealed class Tag(LogicKind kind)
    {
        public static readonly Tag Boolean = new(LogicKind.Boolean);
        public static readonly Tag Number = new(LogicKind.Number);
        public static readonly Tag Absent = new(LogicKind.Null);

        public LogicKind Kind { get; } = kind;
    }
}

/// <summary>What a <see cref="LogicValue"/> is.</summary>
public enum LogicKind
{
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}
