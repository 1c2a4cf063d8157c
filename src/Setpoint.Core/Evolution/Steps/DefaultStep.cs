using Setpoint.Core.Json;

namespace Setpoint.Core.Evolution.Steps;

/// <summary>
/// Brings a new property: sets it in the base layer where it is absent, with the objects on the way. The layers above it inherit it.
/// </summary>
internal sealed class DefaultStep(StepPlace path, JsonValue value) : MigrationStep
{
    public const string OpName = "default";

    private readonly long _size = JsonOutput.QuotedSize(path.Last) + JsonMeasure.TextSize(value) + ":,".Length;

    public override string Op => OpName;

    /// <summary>The older version does not know the property, so it goes in every layer, whatever it has become.</summary>
    internal override MigrationStep Inverse => new RemoveStep(path, value);

    internal override JsonObject Apply(JsonObject layer, MigrationRun run)
    {
        if (!run.IsBase)
            return layer;
        return new StepWalk(path, run, WalkMode.Create).EditObjects(layer, members =>
        {
            if (members.Contains(path.Last))
                return members;
            run.Added(_size);
            return members.With(path.Last, value);
        });
    }
}
