using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Annotations;
using Setpoint.Core.Schemas.Evaluating;

namespace Setpoint.Core.Schemas.Keywords;

/// <summary><c>anyOf</c> and <c>oneOf</c></summary>
internal sealed class ChoiceKeyword(bool exactlyOne, SchemaNode[] branches) : Keyword
{
    private string Name => exactlyOne ? "oneOf" : "anyOf";

    public override IEnumerable<SchemaEdge> Edges => branches.Select(branch => new SchemaEdge(branch, InPlace: true));

    public override bool Check(JsonValue instance, ref Run run, int marks)
    {
        if (marks >= 0)
            return CheckMarking(instance, ref run, marks);
        var holds = false;
        foreach (var branch in branches)
        {
            if (!branch.Check(instance, ref run, Run.NoMarks))
                continue;
            if (holds)
                return false;
            holds = true;
            if (!exactlyOne)
                return true;
        }

        return holds;
    }

    public override void Explain(JsonValue instance, Explanation explanation)
    {
        var holding = new List<int>();
        for (var i = 0; i < branches.Length && holding.Count < 3; i++)
        {
            if (branches[i].Check(instance, ref explanation.Run, Run.NoMarks))
                holding.Add(i);
        }

        if (explanation.Run.GaveUp)
            return;
        if (holding.Count == 0)
            ClosestBranch.Explain(Name, branches, instance, explanation);
        else
            explanation.Add(Name, $"matches alternatives {string.Join(" and ", holding.Take(2).Select(i => ClosestBranch.Describe(branches, i)))}{(holding.Count > 2 ? " and more" : "")}; exactly one of the {Wording.Number(branches.Length)} must match.");
    }

    public override void FindMarks(JsonValue instance, MarkWalk walk)
    {
        for (var i = 0; i < branches.Length; i++)
            walk.Below(branches[i], instance, Name, i);
    }

    /// <summary>Every branch that holds counts for what is evaluated, so none may be left out.</summary>
    private bool CheckMarking(JsonValue instance, ref Run run, int marks)
    {
        var count = SchemaNode.PartsOf(instance);
        var holding = 0;
        foreach (var branch in branches)
        {
            var frame = run.OpenMarks(count);
            if (branch.Check(instance, ref run, frame))
            {
                holding++;
                run.Merge(frame, marks, count);
            }

            run.CloseMarks(frame);
            if (exactlyOne && holding > 1)
                return false;
        }

        return holding > 0;
    }
}
