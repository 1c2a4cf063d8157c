using System.Collections.Frozen;
using Setpoint.Core.Rules;

namespace Setpoint.Core.Flags.Evaluation;

/// <summary>
/// The numbers of the attributes that the flags of a set read: contexts are laid out by it once and then read by number. Immutable; sets that
/// follow each other share one until an attribute is added.
/// </summary>
internal sealed class FlagLayout
{
    /// <summary>The attribute that says who is asking. It is number 0 in every layout.</summary>
    public const string TargetingKey = "targetingKey";

    // So few cost nothing.
    private const int WornMin = 64;

    private readonly FrozenDictionary<string, int> _numbers;
    private readonly LogicValue[] _blank;

    private readonly int _fresh;

    /// <param name="fresh">Names that there were when nothing was taken over from a layout before.</param>
    private FlagLayout(string[] names, FlagContextSchema? schema, FlagContext? defaults, int fresh)
    {
        Names = names;
        _fresh = fresh;
        Schema = schema;
        _numbers = names.Select((name, number) => KeyValuePair.Create(name, number)).ToFrozenDictionary(StringComparer.Ordinal);
        _blank = new LogicValue[names.Length];
        Array.Fill(_blank, LogicValue.Absent);
        if (defaults is null)
            return;
        _blank = [.. defaults.LayOut(this)];
        HasDefaults = _blank.Any(value => !value.IsAbsent);
    }

    /// <summary>By number.</summary>
    public string[] Names { get; }

    /// <summary>Whose attributes have the first numbers, in its order; null if nobody's.</summary>
    public FlagContextSchema? Schema { get; }

    /// <summary>What a context has that says nothing: by number, absent but for defaults.</summary>
    public ReadOnlySpan<LogicValue> Blank => _blank;

    /// <summary>True if there is a default for an attribute that flags read.</summary>
    public bool HasDefaults { get; }

    /// <summary>
    /// True if most of its names may be read by no flag any more: layouts that follow each other only add names, and each context is laid out
    /// in full. The next set then begins with none.
    /// </summary>
    public bool IsWorn => Names.Length > WornMin && Names.Length > 2 * _fresh;

    public bool TryFind(string name, out int number) => _numbers.TryGetValue(name, out number);

    /// <summary>What the next set begins with: the names of the schema, then those of the layout before, with the same numbers.</summary>
    public static LogicSlots Begin(FlagContextSchema? schema, FlagLayout? previous)
    {
        var slots = new LogicSlots();
        slots.NumberOf(TargetingKey);
        foreach (var name in schema?.Names ?? [])
            slots.NumberOf(name);
        foreach (var name in previous?.Names ?? [])
            slots.NumberOf(name);
        return slots;
    }

    /// <summary>The layout once all flags are compiled: the one before, if nothing was added.</summary>
    /// <param name="slots">With the names that <see cref="Begin"/> gave it, and what compiling added.</param>
    /// <param name="source">Its schema and defaults are those of <paramref name="previous"/>, where there is one.</param>
    /// <param name="previous">Null for none.</param>
    public static FlagLayout Of(LogicSlots slots, FlagSetSource source, FlagLayout? previous) =>
        previous is not null && previous.Names.Length == slots.Count ? previous : new(slots.Names(), source.Schema, source.Defaults, previous?._fresh ?? slots.Count);
}
