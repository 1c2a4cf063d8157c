using Setpoint.Core.Flags.Evaluation;
using Setpoint.Core.Json;
using Setpoint.Core.Rules;

namespace Setpoint.Core.Flags;

/// <summary>
/// Who asks for a flag: a targeting key and attributes. Made once and used for any number of flags, on any thread; see
/// <see cref="TypedFlagContext"/> for one that is filled anew without a look-up.
/// </summary>
/// <remarks>
/// An attribute that is null is one that is not there, for that is how many languages say so: a default takes its place. Nulls inside of arrays and
/// objects are values like any other.
/// </remarks>
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
        var count = 0;
        for (var i = 0; i < attributes.Count; i++)
        {
            if (attributes.ValueAt(i) is not JsonNull)
                (names[count], values[count++]) = (attributes.NameAt(i), LogicValue.Of(attributes.ValueAt(i)));
        }

        return Made(names, values, count);
    }

    /// <summary>A targeting key, null for none, and attributes. A name that occurs twice means its last value that is not null.</summary>
    public static FlagContext Of(string? targetingKey, params ReadOnlySpan<(string Name, LogicValue Value)> attributes)
    {
        var count = targetingKey is null ? 0 : 1;
        var names = new string[attributes.Length + count];
        var values = new LogicValue[names.Length];
        if (targetingKey is not null)
            (names[0], values[0]) = (FlagLayout.TargetingKey, LogicValue.Of(targetingKey));
        foreach (var (name, value) in attributes)
        {
            if (!value.IsNull)
                (names[count], values[count++]) = (name, value);
        }

        return Made(names, values, count);
    }

    private static NamedFlagContext Made(string[] names, LogicValue[] values, int count)
    {
        if (count < names.Length)
        {
            Array.Resize(ref names, count);
            Array.Resize(ref values, count);
        }

        return new(names, values);
    }

    /// <summary>
    /// How it was laid out last; null if it was not. One reference, so that threads that lay out at once never mix one's layout with another's
    /// attributes. Whoever evaluates looks here first, without a call.
    /// </summary>
    internal FlagLaying? Last { get; private protected set; }

    /// <summary>The attributes by number.</summary>
    internal abstract LogicValue[] LayOut(FlagLayout layout);

    /// <summary>Of the targeting key, for counting; 0 where there is none. Made when it is first asked for.</summary>
    internal abstract ulong KeyHash { get; }

    /// <summary>The attributes by name, for expressions that find out at run time what they read.</summary>
    internal abstract LogicRecord Record { get; }
}

/// <summary>A context of names and values. It remembers how it was laid out for the last two sets of flags: an app asks its own and the shared one again and again.</summary>
internal sealed class NamedFlagContext(string[] names, LogicValue[] values) : FlagContext
{
    private FlagLaying? _before;
    private ContextRecord? _record;
    private ulong _keyHash;
    private bool _isHashed;

    internal override ulong KeyHash
    {
        get
        {
            if (Volatile.Read(ref _isHashed))
                return _keyHash;
            // The last of a name counts. Two threads may do this at once; both find the same.
            var at = Array.LastIndexOf(names, FlagLayout.TargetingKey);
            _keyHash = at >= 0 && values[at].TextOrNull is { Length: > 0 } key ? FlagKeySketch.HashOf(key) : 0;
            Volatile.Write(ref _isHashed, true);
            return _keyHash;
        }
    }

    internal override LogicRecord Record => _record ??= new(names, values);

    internal override LogicValue[] LayOut(FlagLayout layout)
    {
        var before = _before;
        if (before is not null && ReferenceEquals(before.Order, layout))
            return before.Slots;
        var slots = layout.Blank.ToArray();
        for (var i = 0; i < names.Length; i++)
        {
            if (layout.TryFind(names[i], out var number))
                slots[number] = values[i];
        }

        // Two threads may lay out at once; both do the same, and one of them is remembered.
        _before = Last;
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

/// <summary>A context with its defaults and what flagd adds to it.</summary>
internal sealed class FlagdRecord(LogicRecord context, LogicRecord? defaults, string flagKey, double time) : LogicRecord
{
    private const string Name = "$flagd";

    public override int Depth => Math.Max(2, Math.Max(context.Depth, defaults?.Depth ?? 0));

    public override bool TryGetValue(string name, out LogicValue value)
    {
        if (name != Name)
            return context.TryGetValue(name, out value) || (defaults is not null && defaults.TryGetValue(name, out value));
        value = LogicValue.Of(Added());
        return true;
    }

    public override JsonObject ToJson()
    {
        var made = context.ToJson();
        if (defaults?.ToJson() is { } more)
        {
            for (var i = 0; i < more.Count; i++)
            {
                if (!made.Contains(more.NameAt(i)))
                    made = made.With(more.NameAt(i), more.ValueAt(i));
            }
        }

        return made.With(Name, Added());
    }

    private JsonObject Added() => new JsonObjectBuilder(2).Add("flagKey", flagKey).Add("timestamp", JsonNumber.Of(time)).Build();
}
