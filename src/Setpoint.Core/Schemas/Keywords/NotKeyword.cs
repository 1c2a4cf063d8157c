using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Annotations;
using Setpoint.Core.Schemas.Evaluating;

namespace Setpoint.Core.Schemas.Keywords;

/// <summary><c>not</c></summary>
internal sealed class NotKeyword(SchemaNode refused) : Keyword
{
    public override IEnumerable<SchemaEdge> Edges => [new(refused, InPlace: true)];

    // What is evaluated under not is never evaluated for others: it fails, or the whole does.
    public override bool Check(JsonValue instance, ref Run run, int marks) => !refused.Check(instance, ref run, Run.NoMarks);

    public override void Explain(JsonValue instance, Explanation explanation) =>
        explanation.Add("not", $"is {explanation.Show(instance)}, which matches what {(refused.Annotation.Title is { } title ? $"'{Phrase.Clip(title)}' describes and 'not' refuses" : "'not' refuses")}.");

    public override void FindMarks(JsonValue instance, MarkWalk walk) => walk.Below(refused, instance, "not");
}
