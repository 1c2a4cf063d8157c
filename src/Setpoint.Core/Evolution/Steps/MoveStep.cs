using Setpoint.Core.Json;

namespace Setpoint.Core.Evolution.Steps;

/// <summary>
/// Takes a property to another place. Objects that are missing there are made, and objects that it leaves empty go with it: so the way
/// back leaves nothing of what the way there made.
/// </summary>
internal sealed class MoveStep(StepPlace from, StepPlace to) : MigrationStep
{
    public const string OpName = "move";

    public override string Op => OpName;

    internal override MigrationStep Inverse => new MoveStep(to, from);

    internal override JsonObject Apply(JsonObject layer, MigrationRun run)
    {
        if (from.Pointer.Resolve(layer) is not { } value)
            return layer;

        // Set first, so that an object on both ways is never empty in between.
        var both = new StepWalk(to, run, WalkMode.Create).EditObjects(layer, members =>
        {
            if (!members.Contains(to.Last))
                return members.With(to.Last, value);
            run.Refuse($"is there already, and nothing is overwritten by '{from}'. Remove one of the two first.");
            return members;
        });
        return new StepWalk(from, run, WalkMode.Prune).EditObjects(both, members => members.Without(from.Last));
    }
}
