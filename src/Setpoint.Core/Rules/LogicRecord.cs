using Setpoint.Core.Json;

namespace Setpoint.Core.Rules;

/// <summary>
/// An object that is looked into by name and need not exist as JSON: the seam through which expressions reach their data. Each operator
/// works on any of them.
/// </summary>
internal abstract class LogicRecord
{
    /// <summary>Levels of arrays and objects, at least 1.</summary>
    public abstract int Depth { get; }

    public abstract bool TryGetValue(string name, out LogicValue value);

    /// <summary>
    /// The whole object. Asked for where an expression answers or compares it, never to look something up; it may be asked for again and
    /// again, and is made once.
    /// </summary>
    public abstract JsonObject ToJson();
}

/// <summary>What the body of <c>reduce</c> sees.</summary>
/// <remarks>
/// The values change from round to round where the body cannot keep the object itself; the compiler knows (see <see cref="LogicScope"/>).
/// </remarks>
internal sealed class ReduceRecord : LogicRecord
{
    // Only a record that is kept, and so changes no more, is ever asked for it.
    private JsonObject? _json;

    public LogicValue Current { get; set; }

    public LogicValue Accumulator { get; set; }

    public override int Depth => Math.Max(Current.Depth, Accumulator.Depth) + 1;

    public override bool TryGetValue(string name, out LogicValue value)
    {
        switch (name)
        {
            case "current":
                value = Current;
                return true;
            case "accumulator":
                value = Accumulator;
                return true;
            default:
                value = default;
                return false;
        }
    }

    public override JsonObject ToJson() =>
        _json ??= new JsonObjectBuilder(2).Add("current", Current.ToJson()).Add("accumulator", Accumulator.ToJson()).Build();
}
