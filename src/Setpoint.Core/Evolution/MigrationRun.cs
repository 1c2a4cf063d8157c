using System.Collections.Immutable;
using Setpoint.Core.Evolution.Steps;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Evolution;

/// <summary>One layer on its way through the steps: where the walk is, what it refused, what it cost. Not thread-safe.</summary>
/// <param name="isBase">True for the layer that gets defaults; the others lie above it.</param>
/// <param name="quotes">True if refusals may show values of the layer; else they say only of what type a value is.</param>
internal sealed class MigrationRun(bool isBase, bool quotes = true)
{
    // As many as a JSON Patch may move: about a second at some 15 ns a member.
    private const long MovedMax = 64_000_000;

    private static readonly JsonLimits Bounds = JsonLimits.Document;

    private readonly List<(string? Name, int Index)> _way = [];
    private readonly ImmutableArray<Violation>.Builder _violations = ImmutableArray.CreateBuilder<Violation>();
    private string _step = "";
    private long _moved;
    private long _added;

    public bool IsBase => isBase;

    /// <summary>The layer after the step, or why it cannot be taken.</summary>
    /// <param name="layer">The layer before the step.</param>
    /// <param name="step">What to do.</param>
    /// <param name="name">The step as messages call it.</param>
    public Result<JsonObject> Apply(JsonObject layer, MigrationStep step, string name)
    {
        _step = name;
        var next = step.Apply(layer, this);
        if (_violations.Count > 0)
            return new Fault.Invalid(_violations.ToImmutable());
        if (_moved > MovedMax)
            return new Fault.TooLarge($"Up to {_step}, the migration moves more than {MovedMax} members of objects and arrays. Split it into several versions, or the layer into several namespaces.");
        if (ReferenceEquals(next, layer))
            return layer;

        // At each step: what walks a value does so by recursion, also between two steps.
        if (next.Depth > Bounds.DepthMax)
            return new Fault.TooLarge($"After {_step}, arrays and objects are nested {next.Depth} levels deep; the limit is {Bounds.DepthMax}.");

        // Values that are set share memory and not text: a few steps over '*' could stand for terabytes. To measure costs a walk, so it
        // is done each time as much has come in as a document may hold.
        if (_added <= Bounds.SizeMax)
            return next;
        _added = 0;
        return Measure(next);
    }

    /// <summary>The layer after the last step, if it is a document that may be stored.</summary>
    public static Result<JsonObject> Measure(JsonObject layer) => JsonMeasure.Check(layer, Bounds) is { } tooLarge
        ? new Fault.TooLarge($"The migrated layer is over a limit. {tooLarge.Message}")
        : layer;

    /// <summary>The walk goes into a property.</summary>
    public void Enter(string name) => _way.Add((name, 0));

    /// <summary>The walk goes into an item.</summary>
    public void Enter(int index) => _way.Add((null, index));

    public void Leave() => _way.RemoveAt(_way.Count - 1);

    /// <summary>Counts members of a container that is walked or copied.</summary>
    public void Moved(int members) => _moved += members;

    /// <summary>Counts bytes of text that come in.</summary>
    public void Added(long bytes) => _added += bytes;

    /// <summary>A value of the layer, for a refusal.</summary>
    public string Show(JsonValue value) => quotes ? StepValues.Show(value) : JsonKinds.Describe(value.Kind);

    /// <summary>Notes that the step cannot be taken where the walk is.</summary>
    /// <param name="problem">A sentence about that place, which is put before it.</param>
    public void Refuse(string problem)
    {
        if (_violations.Count >= Limits.ViolationsMax)
            return;
        var at = JsonPointer.Root;
        foreach (var (name, index) in _way)
            at = name is null ? at.Append(index) : at.Append(name);
        _violations.Add(new(at.ToString(), ViolationCode.ConstraintViolation, $"{_step}: '{at}' {problem}"));
    }
}
