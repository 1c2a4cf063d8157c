using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Annotations;

namespace Setpoint.Core.Schemas.Evaluating;

/// <summary>A subschema that a keyword applies: to the same value (<c>allOf</c>, <c>$ref</c>) or to one inside it (<c>items</c>).</summary>
internal readonly record struct SchemaEdge(SchemaNode Node, bool InPlace);

/// <summary>A compiled keyword, or a few that are decided together. Immutable once compiled, and safe to share between threads.</summary>
internal abstract class Keyword
{
    /// <summary>Decides as fast as it can. Called only for values of the kinds that the keyword was registered for.</summary>
    /// <param name="instance">The value.</param>
    /// <param name="run">The state of the evaluation.</param>
    /// <param name="marks">The frame for what is evaluated here, or <see cref="Run.NoMarks"/>.</param>
    public abstract bool Check(JsonValue instance, ref Run run, int marks);

    /// <summary>The same for the name of a property, which is text without a value around it.</summary>
    public virtual bool CheckName(string name, ref Run run) => Check(new JsonString(name), ref run, Run.NoMarks);

    /// <summary>
    /// True if <see cref="Explain"/> asks of each part whether it is valid, and so may be called without asking first whether all are:
    /// that would check, at each level on the way to an error, everything below once more.
    /// </summary>
    public virtual bool ExplainsEachPart => false;

    /// <summary>Reports why <see cref="Check"/> failed: at least one error.</summary>
    public abstract void Explain(JsonValue instance, Explanation explanation);

    /// <summary>Looks for marks in what this keyword applies to, whether or not it validates.</summary>
    public virtual void FindMarks(JsonValue instance, MarkWalk walk)
    {
    }

    /// <summary>All subschemas that this keyword may apply.</summary>
    public virtual IEnumerable<SchemaEdge> Edges => [];
}
