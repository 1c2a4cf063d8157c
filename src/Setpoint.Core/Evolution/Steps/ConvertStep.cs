using Setpoint.Core.Json;
using Setpoint.Core.References;

namespace Setpoint.Core.Evolution.Steps;

/// <summary>
/// Writes a value as another type, where nothing is lost: <c>"8080"</c> and 8080, <c>"true"</c> and true. A value of the wanted type stays
/// as it is, and so does a removal.
/// </summary>
/// <param name="path">Where.</param>
/// <param name="from">What the value was before, if it is said: only then there is a way back.</param>
/// <param name="to">What it shall be.</param>
internal sealed class ConvertStep(StepPlace path, ScalarType? from, ScalarType to) : MigrationStep
{
    public const string OpName = "convert";

    private const string WayOut = "Change it first, or name it in a 'map' before this step.";

    public override string Op => OpName;

    internal override MigrationStep? Inverse => from is { } type ? new ConvertStep(path, to, type) : null;

    internal override string? WhyNoInverse => from is null ? "it names no type 'from', which the older version shall see" : null;

    internal override JsonObject Apply(JsonObject layer, MigrationRun run) => new StepWalk(path, run).EditValues(layer, value =>
    {
        if (JsonMerge.IsUnset(value))
            return value;
        if (ReferenceText.Refers(value))
        {
            run.Refuse("holds a reference, whose value comes from elsewhere. Convert what it refers to, or write the value itself first.");
            return value;
        }

        if (to.Holds(value))
            return value;
        if (from is { } type && !type.Holds(value))
            run.Refuse($"is {run.Show(value)}, which is neither {type.Describe()}, as 'from' says, nor {to.Describe()}. {WayOut}");
        else if (to.Convert(value) is not { } converted)
            run.Refuse($"is {run.Show(value)}, which cannot be written as {to.Describe()} without a loss. {WayOut}");
        else
            return Counted(converted, run);
        return value;
    });

    private static JsonValue Counted(JsonValue converted, MigrationRun run)
    {
        run.Added("\"\"".Length);
        return converted;
    }
}
