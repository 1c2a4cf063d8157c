using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Annotations;
using Setpoint.Core.Schemas.Evaluating;

namespace Setpoint.Core.Schemas.Keywords;

/// <summary><c>if</c> with <c>then</c> and <c>else</c></summary>
internal sealed class ConditionKeyword(SchemaNode condition, SchemaNode? then, SchemaNode? otherwise) : Keyword
{
    public override IEnumerable<SchemaEdge> Edges
    {
        get
        {
            yield return new(condition, InPlace: true);
            if (then is not null)
                yield return new(then, InPlace: true);
            if (otherwise is not null)
                yield return new(otherwise, InPlace: true);
        }
    }

    public override bool Check(JsonValue instance, ref Run run, int marks)
    {
        var next = Holds(instance, ref run, marks) ? then : otherwise;
        return next is null || next.Check(instance, ref run, marks);
    }

    public override void Explain(JsonValue instance, Explanation explanation)
    {
        if (Holds(instance, ref explanation.Run, Run.NoMarks))
            explanation.Below(then!, instance, "then");
        else
            explanation.Below(otherwise!, instance, "else");
    }

    public override void FindMarks(JsonValue instance, MarkWalk walk)
    {
        walk.Below(condition, instance, "if");
        if (then is not null)
            walk.Below(then, instance, "then");
        if (otherwise is not null)
            walk.Below(otherwise, instance, "else");
    }

    private bool Holds(JsonValue instance, ref Run run, int marks)
    {
        if (marks < 0)
            return condition.Check(instance, ref run, Run.NoMarks);
        var count = SchemaNode.PartsOf(instance);
        var frame = run.OpenMarks(count);
        var holds = condition.Check(instance, ref run, frame);
        if (holds)
            run.Merge(frame, marks, count);
        run.CloseMarks(frame);
        return holds;
    }
}
