using Setpoint.Core.Json;

namespace Setpoint.Core.Evolution.Steps;

/// <summary>
/// Takes a property away from every layer, and the objects that it leaves empty. What it held is lost; <paramref name="restore"/> is what
/// the base layer gets on the way back.
/// </summary>
internal sealed class RemoveStep(StepPlace path, JsonValue? restore) : MigrationStep
{
    public const string OpName = "remove";

    public override string Op => OpName;

    internal override MigrationStep? Inverse => restore is null ? null : new DefaultStep(path, restore);

    internal override string? WhyNoInverse => restore is null ? "it names no 'restore', the value that the older version shall see" : null;

    internal override JsonObject Apply(JsonObject layer, MigrationRun run) =>
        new StepWalk(path, run, WalkMode.Prune).EditObjects(layer, members => members.Without(path.Last));
}
