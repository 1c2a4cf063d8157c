using Setpoint.Core.Json;

namespace Setpoint.Core.Evolution.Steps;

/// <summary>Gives a property another name and leaves it where it stands in its object.</summary>
internal sealed class RenameStep(StepPlace from, string to) : MigrationStep
{
    public const string OpName = "rename";

    public override string Op => OpName;

    internal override MigrationStep Inverse => new RenameStep(from.Beside(to), from.Last);

    internal override JsonObject Apply(JsonObject layer, MigrationRun run) => new StepWalk(from, run).EditObjects(layer, members =>
    {
        if (!members.Contains(from.Last))
            return members;
        if (members.Contains(to))
        {
            run.Refuse($"cannot be named '{to}': that property is there already, and nothing is overwritten. Remove one of the two first.");
            return members;
        }

        run.Added(JsonOutput.QuotedSize(to));
        var renamed = new JsonObjectBuilder(members.Count);
        for (var i = 0; i < members.Count; i++)
            renamed.Add(members.NameAt(i) == from.Last ? to : members.NameAt(i), members.ValueAt(i));
        return renamed.Build();
    });
}
