using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Annotations;
using Setpoint.Core.Schemas.Evaluating;

namespace Setpoint.Core.Schemas.Keywords;

/// <summary><c>dependentSchemas</c>, and <c>dependencies</c> of draft-07 where they are schemas.</summary>
internal sealed class DependentSchemasKeyword(string name, (string Property, SchemaNode Node)[] dependencies) : Keyword
{
    public override IEnumerable<SchemaEdge> Edges => dependencies.Select(dependency => new SchemaEdge(dependency.Node, InPlace: true));

    public override bool Check(JsonValue instance, ref Run run, int marks)
    {
        var members = (JsonObject)instance;
        run.Charge(dependencies.Length >> 3);
        foreach (var (property, node) in dependencies)
        {
            if (members.Contains(property) && !node.Check(instance, ref run, marks))
                return false;
        }

        return true;
    }

    public override void Explain(JsonValue instance, Explanation explanation)
    {
        foreach (var (property, node) in dependencies)
        {
            if (((JsonObject)instance).Contains(property) && !node.Check(instance, ref explanation.Run, Run.NoMarks))
                explanation.Below(node, instance, name, property);
        }
    }

    public override void FindMarks(JsonValue instance, MarkWalk walk)
    {
        foreach (var (property, node) in dependencies)
            walk.Below(node, instance, name, property);
    }
}

/// <summary><c>dependentRequired</c>, and <c>dependencies</c> of draft-07 where they are names.</summary>
internal sealed class DependentRequiredKeyword(string name, (string Property, string[] Required)[] dependencies) : Keyword
{
    public override bool Check(JsonValue instance, ref Run run, int marks)
    {
        var members = (JsonObject)instance;
        run.Charge(dependencies.Length >> 3);
        foreach (var (property, required) in dependencies)
        {
            if (!members.Contains(property))
                continue;
            run.Charge(required.Length >> 3);
            foreach (var other in required)
            {
                if (!members.Contains(other))
                    return false;
            }
        }

        return true;
    }

    public override void Explain(JsonValue instance, Explanation explanation)
    {
        var members = (JsonObject)instance;
        foreach (var (property, required) in dependencies)
        {
            if (!members.Contains(property))
                continue;
            foreach (var other in required.Where(other => !members.Contains(other)))
                explanation.Add(name, $"lacks the property '{Phrase.Clip(other)}', which is required where '{Phrase.Clip(property)}' is set.");
        }
    }
}
