using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Annotations;
using Setpoint.Core.Schemas.Evaluating;

namespace Setpoint.Core.Schemas.Keywords;

/// <summary><c>allOf</c></summary>
internal sealed class AllOfKeyword(SchemaNode[] branches) : Keyword
{
    public IReadOnlyList<SchemaNode> Branches => branches;

    public override IEnumerable<SchemaEdge> Edges => branches.Select(branch => new SchemaEdge(branch, InPlace: true));

    public override bool Check(JsonValue instance, ref Run run, int marks)
    {
        foreach (var branch in branches)
        {
            if (!branch.Check(instance, ref run, marks))
                return false;
        }

        return true;
    }

    public override void Explain(JsonValue instance, Explanation explanation)
    {
        for (var i = 0; i < branches.Length; i++)
        {
            if (!branches[i].Check(instance, ref explanation.Run, Run.NoMarks))
                explanation.Below(branches[i], instance, "allOf", i);
        }
    }

    public override void FindMarks(JsonValue instance, MarkWalk walk)
    {
        for (var i = 0; i < branches.Length; i++)
            walk.Below(branches[i], instance, "allOf", i);
    }
}
