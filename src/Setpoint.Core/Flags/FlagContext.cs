using Setpoint.Core.Json;
using Setpoint.Core.Rules;

namespace Setpoint.Core.Flags;

/// <summary>
/// Who asks for a flag: a targeting key and attributes. Made once and used for any number of flags, on any thread; see
/// <see cref="TypedFlagContext"/> for one that is filled anew without a look-up.
/// </summary>
public abstract class FlagContext
{
    private protected FlagContext()
    {
    }

    /// <summary>Nobody in particular.</summary>
    public static FlagContext Empty { get; } = new NamedFlagContext([], []);

    /// <summary>Attributes as JSON, <c>targetingKey</c> among them, as OFREP sends them. A property <c>$flagd</c> is not looked at.</summary>
    public static FlagContext Of(JsonObject attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        var names = new string[attributes.Count];
        var values = new LogicValue[attributes.Count];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = attributes.NameAt(i);
            values[i] = LogicValue.Of(attributes.ValueAt(i));
        }

        return new NamedFlagContext(names, values);
    }

    /// <summary>A targeting key, null for none, and attributes. A name that occurs twice means its last value.</summary>
    public static FlagContext Of(string? targetingKey, params ReadOnlySpan<(string Name, LogicValue Value)> attributes)
    {
        var first = targetingKey is null ? 0 : 1;
        var names = new string[attributes.Length + first];
        var values = new LogicValue[names.Length];
        if (targetingKey is not null)
            (names[0], values[0]) = (FlagLayout.TargetingKey, LogicValue.Of(targetingKey));
        for (var i = 0; i < attributes.Length; i++)
            (names[i + first], values[i + first]) = attributes[i];
        return new NamedFlagContext(names, values);
    }

    /// <summary>
    /// How it was laid out last; null if it was not. One reference, so that threads that lay out at once never mix one's layout with another's
    /// attributes. Whoever evaluates looks here first, without a call.
    /// </summary>
    internal FlagLaying? Last { get; private protected set; }

    /// <summary>The attributes by number.</summary>
    internal abstract LogicValue[] LayOut(FlagLayout layout);

    /// <summary>The attributes by name, for expressions that find out at run time what they read.</summary>
    internal abstract LogicRecord Record { get; }
}

/// <summary>A context of names and values. It remembers how it was laid out last: an app has one set of flags and asks it again and again.</summary>
internal sealed class NamedFlagContext(string[] names, LogicValue[] values) : FlagContext
{
    private ContextRecord? _record;

    internal override LogicRecord Record => _record ??= new(names, values);

    internal override LogicValue[] LayOut(FlagLayout layout)
    {
        var slots = new LogicValue[layout.Names.Length];
        Array.Fill(slots, LogicValue.Absent);
        for (var i = 0; i < names.Length; i++)
        {
            if (layout.TryFind(names[i], out var number))
                slots[number] = values[i];
        }

        // Two threads may lay out at once; both do the same, and one of them is remembered.
        Last = new(layout, slots);
        return slots;
    }
}

/// <summary>Attributes by number.</summary>
/// <param name="order">Whose numbers: a layout, or the schema that layouts begin with.</param>
internal sealed class FlagLaying(object order, LogicValue[] slots)
{
    public object Order => order;

    public LogicValue[] Slots => slots;
}

/// <summary>A context as an object that expressions look into.</summary>
internal sealed class ContextRecord(string[] names, LogicValue[] values) : LogicRecord
{
    public override int Depth
    {
        get
        {
            var deepest = 0;
            foreach (var value in values)
                deepest = Math.Max(deepest, value.Depth);
            return deepest + 1;
        }
    }

    public override bool TryGetValue(string name, out LogicValue value)
    {
        // The last of a name counts, as it does where contexts are laid out.
        for (var i = names.Length - 1; i >= 0; i--)
        {
            value = values[i];
            if (string.Equals(names[i], name, StringComparison.Ordinal))
                return !value.IsAbsent;
        }

        value = default;
        return false;
    }

    public override JsonObject ToJson()
    {
        var made = JsonObject.Empty;
        for (var i = 0; i < names.Length; i++)
        {
            if (!values[i].IsAbsent)
                made = made.With(names[i], values[i].ToJson());
        }

        return made;
    }
}

/// <summary>A context with what flagd adds to it.</summary>
internal sealed class FlagdRecord(LogicRecord context, string flagKey, double time) : LogicRecord
{
    private const string Name = "$flagd";

    public override int Depth => Math.Max(2, context.Depth);

    public override bool TryGetValue(string name, out LogicValue value)
    {
        if (name != Name)
            return context.TryGetValue(name, out value);
        value = LogicValue.Of(Added());
        return true;
    }

    public override JsonObject ToJson() => context.ToJson().With(Name, Added());

    private JsonObject Added() => new JsonObjectBuilder(2).Add("flagKey", flagKey).Add("timestamp", JsonNumber.Of(time)).Build();
}
