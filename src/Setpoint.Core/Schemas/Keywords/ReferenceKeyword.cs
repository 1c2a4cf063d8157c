using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Annotations;
using Setpoint.Core.Schemas.Evaluating;

namespace Setpoint.Core.Schemas.Keywords;

/// <summary><c>$ref</c> and <c>$dynamicRef</c>: both are links by the time they are evaluated.</summary>
internal sealed class ReferenceKeyword(string keyword, SchemaNode target) : Keyword
{
    public SchemaNode Target => target;

    public override IEnumerable<SchemaEdge> Edges => [new(target, InPlace: true)];

    public override bool Check(JsonValue instance, ref Run run, int marks) => target.Check(instance, ref run, marks);

    public override bool CheckName(string name, ref Run run) => target.CheckName(name, ref run);

    public override void Explain(JsonValue instance, Explanation explanation) => explanation.Below(target, instance, keyword);

    public override void FindMarks(JsonValue instance, MarkWalk walk) => walk.Below(target, instance, keyword);
}
