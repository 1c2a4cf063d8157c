using System.Collections.Frozen;
using System.Collections.Immutable;
using Setpoint.Core.Flags.Evaluation;
using Setpoint.Core.Rules;

namespace Setpoint.Core.Flags;

/// <summary>
/// The attributes that an app knows of its users. Flags compiled with it read a <see cref="TypedFlagContext"/> of it by position. Immutable and
/// thread-safe; made once.
/// </summary>
public sealed class FlagContextSchema
{
    public const int AttributesMax = 256;

    private readonly FrozenDictionary<string, int> _numbers;

    /// <param name="names">Without <c>targetingKey</c>, which is always there. A dotted name is that of one attribute nowhere: flags read into objects by it.</param>
    /// <exception cref="ArgumentException">A name is empty, dotted, reserved or there twice, or there are over <see cref="AttributesMax"/>.</exception>
    public FlagContextSchema(params ReadOnlySpan<string> names)
    {
        if (names.Length > AttributesMax)
            throw new ArgumentException($"{names.Length} attributes; the limit is {AttributesMax}.", nameof(names));
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (name.Length == 0 || name.Contains('.', StringComparison.Ordinal) || name[0] == '$' || name == FlagLayout.TargetingKey
                || !numbers.TryAdd(name, numbers.Count + 1))
            {
                throw new ArgumentException($"'{name}' cannot be an attribute of a schema: it is empty, has a dot or a leading '$', is '{FlagLayout.TargetingKey}', or is there twice.", nameof(names));
            }
        }

        _numbers = numbers.ToFrozenDictionary(StringComparer.Ordinal);
        Names = [.. names];
    }

    /// <summary>In the order in which they were given.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>The attribute of this name, to be looked up once and kept.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public FlagAttribute this[string name] => _numbers.TryGetValue(name, out var number)
        ? new(this, number)
        : throw new ArgumentException($"There is no attribute '{name}'; there are {string.Join(", ", Names)}.", nameof(name));
}

/// <summary>An attribute of a schema.</summary>
public readonly struct FlagAttribute
{
    internal FlagAttribute(FlagContextSchema schema, int number)
    {
        Schema = schema;
        Number = number;
    }

    internal FlagContextSchema Schema { get; }

    internal int Number { get; }
}

/// <summary>
/// A context whose attributes are known beforehand: filled by position, and filled again for the next user. Building it looks nothing up and
/// allocates nothing. One thread at a time.
/// </summary>
public sealed class TypedFlagContext : FlagContext
{
    private readonly LogicValue[] _values;
    private ContextRecord? _record;
    private Laying? _last;
    private Laying? _before;
    private ulong _keyHash;
    private bool _isHashed;

    public TypedFlagContext(FlagContextSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        Schema = schema;
        _values = new LogicValue[schema.Names.Length + 1];
        Last = new(schema, _values);
        Clear();
    }

    public FlagContextSchema Schema { get; }

    /// <summary>Who is asking; null for nobody in particular.</summary>
    public string? TargetingKey
    {
        get => _values[0].TextOrNull;
        set
        {
            Put(0, value is null ? LogicValue.Absent : LogicValue.Of(value));
            _isHashed = false;
        }
    }

    internal override ulong KeyHash
    {
        get
        {
            if (_isHashed)
                return _keyHash;
            _isHashed = true;
            return _keyHash = _values[0].TextOrNull is { Length: > 0 } key ? FlagKeySketch.HashOf(key) : 0;
        }
    }

    internal override LogicRecord Record => _record ??= new([FlagLayout.TargetingKey, .. Schema.Names], _values);

    /// <param name="value"><see cref="LogicValue.Null"/>: the attribute is not there.</param>
    /// <exception cref="ArgumentException">The attribute is of another schema.</exception>
    public void Set(FlagAttribute attribute, LogicValue value)
    {
        if (!ReferenceEquals(attribute.Schema, Schema))
            throw new ArgumentException("The attribute is of another schema.", nameof(attribute));
        Put(attribute.Number, value.IsNull ? LogicValue.Absent : value);
    }

    /// <param name="value">Null: the attribute is not there.</param>
    /// <inheritdoc cref="Set(FlagAttribute, LogicValue)"/>
    public void Set(FlagAttribute attribute, string? value) => Set(attribute, value is null ? LogicValue.Null : LogicValue.Of(value));

    public void Set(FlagAttribute attribute, double value) => Set(attribute, LogicValue.Of(value));

    public void Set(FlagAttribute attribute, bool value) => Set(attribute, LogicValue.Of(value));

    /// <summary>Forgets all attributes and the targeting key.</summary>
    public void Clear()
    {
        for (var i = 0; i < _values.Length; i++)
            Put(i, LogicValue.Absent);
        _isHashed = false;
    }

    internal override LogicValue[] LayOut(FlagLayout layout)
    {
        if (ReferenceEquals(layout.Schema, Schema))
            return layout.HasDefaults ? WithDefaults(layout) : _values;

        // Flags that were compiled without this schema: right, and as slow as any context that is laid out each time.
        var slots = layout.Blank.ToArray();
        PutOver(slots, 0, _values[0]);
        for (var i = 0; i < Schema.Names.Length; i++)
        {
            if (layout.TryFind(Schema.Names[i], out var number))
                PutOver(slots, number, _values[i + 1]);
        }

        return slots;

        static void PutOver(LogicValue[] slots, int number, LogicValue value)
        {
            if (!value.IsAbsent)
                slots[number] = value;
        }
    }

    /// <summary>The values over the defaults of the last two sets, kept up by <see cref="Put"/>, so that evaluation finds them as they are.</summary>
    private LogicValue[] WithDefaults(FlagLayout layout)
    {
        if (_last is { } last && ReferenceEquals(last.Layout, layout))
            return last.Slots;
        if (_before is { } before && ReferenceEquals(before.Layout, layout))
            return before.Slots;
        _before = _last;
        _last = new(layout);
        for (var i = 0; i < _values.Length; i++)
            _last.Put(i, _values[i]);
        return _last.Slots;
    }

    private void Put(int number, LogicValue value)
    {
        _values[number] = value;
        _last?.Put(number, value);
        _before?.Put(number, value);
    }

    /// <summary>The attributes over the defaults of one set; those of the schema have the same numbers in each.</summary>
    private sealed class Laying(FlagLayout layout)
    {
        public FlagLayout Layout => layout;

        public LogicValue[] Slots { get; } = layout.Blank.ToArray();

        public void Put(int number, LogicValue value) => Slots[number] = value.IsAbsent ? layout.Blank[number] : value;
    }
}
