using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Core.Rules;

/// <summary>
/// A JSONLogic expression (jsonlogic.com), compiled once and evaluated any number of times. Immutable and thread-safe; evaluation makes no
/// objects but for the strings, arrays and objects that the expression itself makes.
/// </summary>
/// <remarks>
/// <para>Every operator answers what npm json-logic-js 2.0.5 answers, JavaScript's coercions included, but for the following.</para>
/// <list type="bullet">
/// <item>Arrays and objects are equal by content (<c>==</c>, <c>===</c>, <c>in</c>), not by identity.</item>
/// <item>What JSON cannot hold, NaN and infinities, exists inside an expression and becomes null in <see cref="LogicValue.ToJson"/>.</item>
/// <item>A wrong number of arguments is refused by the compiler, where JavaScript takes undefined for one that is missing and ignores one
/// too many. An operator that is unknown or shares its object with another property is refused even where it is never reached.</item>
/// <item>Keys given to <c>missing</c> and <c>missing_some</c> are data and never run as expressions.</item>
/// <item>What JavaScript objects inherit (<c>constructor</c>, <c>toString</c>) is not there. <c>length</c> of strings and arrays is.</item>
/// <item><c>log</c> writes nothing.</item>
/// </list>
/// <para>The budget counts steps: one for each node evaluated, array item touched and 16 characters of text looked at or made. It bounds
/// time and memory, and the same expression over the same data takes the same steps everywhere.</para>
/// </remarks>
public sealed class JsonLogic
{
    private readonly LogicNode _root;
    private readonly long _steps;

    internal JsonLogic(LogicNode root, long stepsMax, ImmutableArray<string> variables, bool readsAnything, bool readsByName)
    {
        _root = root;
        _steps = stepsMax - root.Cost;
        Variables = variables;
        ReadsAnything = readsAnything;
        ReadsByName = readsByName;
    }

    /// <summary>The expression as a node, for those who join several into one evaluation and keep the budget themselves.</summary>
    internal LogicNode Root => _root;

    /// <summary>The paths in the data that are read, dotted and in order. Reading a path reads all below it.</summary>
    public ImmutableArray<string> Variables { get; }

    /// <summary>True if the expression takes the data whole or computes a path, so that <see cref="Variables"/> does not tell everything.</summary>
    public bool ReadsAnything { get; }

    /// <summary>False if all that it reads has a number, so that a flat context is enough and the data itself is never looked into.</summary>
    internal bool ReadsByName { get; }

    /// <summary>Compiles an expression.</summary>
    /// <returns>
    /// The expression, or <see cref="Fault.Invalid"/> with every problem that was found; the paths are JSON Pointers into the expression.
    /// </returns>
    public static Result<JsonLogic> Compile(JsonValue expression, LogicOptions options)
    {
        ArgumentNullException.ThrowIfNull(expression);
        ArgumentNullException.ThrowIfNull(options);
        return new LogicCompiler(options).Compile(expression);
    }

    /// <summary>Evaluates over a JSON value. Never throws for any data; always ends within the budget.</summary>
    public LogicOutcome Evaluate(JsonValue data) => Evaluate(LogicValue.Of(data), []);

    /// <summary>Evaluates over data that need not exist as JSON.</summary>
    internal LogicOutcome Evaluate(LogicRecord data) => Evaluate(LogicValue.Of(data), []);

    /// <summary>Evaluates over a flat context.</summary>
    /// <param name="slots">Attributes by their number in <see cref="LogicOptions.Slots"/>, absent ones as <see cref="LogicValue.Absent"/>.</param>
    /// <param name="whole">The same context by name, for expressions that take it whole or compute a path.</param>
    internal LogicOutcome Evaluate(ReadOnlySpan<LogicValue> slots, LogicRecord whole) => Evaluate(LogicValue.Of(whole), slots);

    private LogicOutcome Evaluate(LogicValue root, ReadOnlySpan<LogicValue> slots)
    {
        var frame = new LogicFrame(root, slots, _steps);
        if (frame.IsSpent)
            return new(LogicValue.Null, TimedOut: true);
        var value = _root.Evaluate(ref frame);
        return frame.IsSpent ? new(LogicValue.Null, TimedOut: true) : new(value, TimedOut: false);
    }
}
