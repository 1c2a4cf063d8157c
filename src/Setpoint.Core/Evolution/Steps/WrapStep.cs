using Setpoint.Core.Json;

namespace Setpoint.Core.Evolution.Steps;

/// <summary>
/// Puts a value into an object of its own: 30 becomes <c>{"days": 30}</c>. A removal stays as it is and removes the object: wrapped, it
/// would leave an empty one, which no layer asked for.
/// </summary>
internal sealed class WrapStep(StepPlace path, string key) : MigrationStep
{
    public const string OpName = "wrap";

    private readonly long _size = JsonOutput.QuotedSize(key) + "{:}".Length;

    public override string Op => OpName;

    internal override MigrationStep Inverse => new UnwrapStep(path, key);

    internal override JsonObject Apply(JsonObject layer, MigrationRun run) => new StepWalk(path, run).EditValues(layer, value =>
    {
        if (JsonMerge.IsUnset(value))
            return value;
        run.Added(_size);
        return new JsonObjectBuilder(1).Add(key, value).Build();
    });
}

/// <summary>Takes a value out of its object again. Not written by anyone: only the inverse of a <see cref="WrapStep"/>.</summary>
internal sealed class UnwrapStep(StepPlace path, string key) : MigrationStep
{
    public override string Op => WrapStep.OpName;

    internal override MigrationStep Inverse => new WrapStep(path, key);

    internal override JsonObject Apply(JsonObject layer, MigrationRun run) => new StepWalk(path, run).EditValues(layer, value =>
    {
        // The layer removes the object as a whole, and so the value.
        if (JsonMerge.IsUnset(value))
            return value;
        if (value is not JsonObject members)
            run.Refuse($"is {JsonKinds.Describe(value.Kind)} and no object with '{key}', which the older version would have in its place.");
        else if (members[key] is not { } inner)
            run.Refuse($"has no '{key}', which the older version would have in its place.");
        else if (members.Count > 1)
            run.Refuse($"has {members.Count - 1} more beside '{key}', for which the older version has no place. A step that brings them ('default') says that they may be left out.");
        else
            return inner;
        return value;
    });
}
