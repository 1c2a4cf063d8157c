using System.Collections.Frozen;

namespace Setpoint.Core.Rules;

/// <summary>Which expressions are taken, and what they may cost. Immutable.</summary>
public sealed record LogicOptions
{
    /// <summary>
    /// The operators of json-logic-js, and <c>sem_ver</c>, <c>starts_with</c> and <c>ends_with</c>. A constant that no version or operator
    /// of <c>sem_ver</c> can be is refused.
    /// </summary>
    public static readonly LogicOptions Standard = new() { Operators = LogicOperators.Standard, RefusesBadConstants = true };

    /// <summary>
    /// As flagd restricts it: no <c>log</c> and <c>?:</c>, no objects as values, <c>*</c> takes two arguments or more. A version that is
    /// none gives null when it is met, constant or not, because a flag that flagd serves must be served.
    /// </summary>
    public static readonly LogicOptions Flagd = new() { Operators = LogicOperators.Flagd, AllowsObjects = false };

    /// <summary>Steps of one evaluation (see <see cref="JsonLogic"/>); 1 to 1,000,000,000, default 1,000,000.</summary>
    public long StepsMax { get; init; } = 1_000_000;

    /// <summary>Operators, literals and items of one expression together; default 100,000.</summary>
    public int NodesMax { get; init; } = 100_000;

    /// <summary>Levels of arrays and objects of one expression; default and most 128: evaluation goes as deep on the stack.</summary>
    public int DepthMax { get; init; } = 128;

    /// <summary>
    /// True if an object that no operator names is a value, as in json-logic-js: <c>{}</c>, or one with several properties.
    /// </summary>
    internal bool AllowsObjects { get; init; } = true;

    internal bool RefusesBadConstants { get; init; }

    internal FrozenDictionary<string, LogicOperator> Operators { get; init; } = FrozenDictionary<string, LogicOperator>.Empty;

    /// <summary>Attributes of a flat context that have a number; null where the data is a JSON value.</summary>
    internal LogicSlots? Slots { get; init; }

    /// <summary>Paths at the root that the context does not hold and a node answers: <c>$flagd.flagKey</c>.</summary>
    internal FrozenDictionary<string, LogicNode> Known { get; init; } = FrozenDictionary<string, LogicNode>.Empty;

    /// <summary>These options with more operators; one of a known name takes its place.</summary>
    internal LogicOptions With(params ReadOnlySpan<LogicOperator> more)
    {
        var all = new Dictionary<string, LogicOperator>(Operators, StringComparer.Ordinal);
        foreach (var item in more)
            all[item.Name] = item;
        return this with { Operators = all.ToFrozenDictionary(StringComparer.Ordinal) };
    }
}
