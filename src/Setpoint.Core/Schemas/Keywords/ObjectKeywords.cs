using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Evaluating;

namespace Setpoint.Core.Schemas.Keywords;

/// <summary><c>required</c></summary>
internal sealed class RequiredKeyword(string[] required, PropertyNames described) : Keyword
{
    // Names that are known to hold all that is required: objects with the same names need no second look. Two, because a definition is often
    // used for two sorts of objects in turn.
    private volatile PropertyNames? _complete;
    private volatile PropertyNames? _completeBefore;

    public IReadOnlyList<string> Required => required;

    public override bool Check(JsonValue instance, ref Run run, int marks)
    {
        var members = (JsonObject)instance;
        if (ReferenceEquals(_complete, members.Names) || ReferenceEquals(_completeBefore, members.Names))
            return true;
        run.Charge(required.Length >> 2);
        foreach (var name in required)
        {
            if (!members.Contains(name))
                return false;
        }

        _completeBefore = _complete;
        _complete = members.Names;
        return true;
    }

    public override void Explain(JsonValue instance, Explanation explanation)
    {
        var members = (JsonObject)instance;
        string[]? stray = null;
        foreach (var name in required)
        {
            if (explanation.IsFull)
                return;
            if (members.Contains(name))
                continue;

            // A name that is there, is described nowhere and differs by a letter or two is likely meant.
            stray ??= [.. members.Names.Where(other => described.IndexOf(other) < 0)];
            var hint = NearestName.Of(name, stray) is { } closest ? $" Is '{closest}' meant?" : "";
            explanation.Add("required", $"lacks the required property '{Phrase.Clip(name)}'.{hint}");
        }
    }
}

/// <summary><c>minProperties</c> and <c>maxProperties</c></summary>
internal sealed class PropertyCountKeyword(int? least, int? most) : Keyword
{
    private readonly int _least = least ?? 0;
    private readonly int _most = most ?? int.MaxValue;

    public override bool Check(JsonValue instance, ref Run run, int marks)
    {
        var count = ((JsonObject)instance).Count;
        return count >= _least && count <= _most;
    }

    public override void Explain(JsonValue instance, Explanation explanation)
    {
        var count = ((JsonObject)instance).Count;
        if (count < _least)
            explanation.Add("minProperties", $"has {Wording.Count(count, "property", "properties")}; the minimum is {Wording.Number(_least)}.");
        if (count > _most)
            explanation.Add("maxProperties", $"has {Wording.Count(count, "property", "properties")}; the maximum is {Wording.Number(_most)}.");
    }
}

/// <summary><c>propertyNames</c></summary>
internal sealed class PropertyNamesKeyword(SchemaNode node) : Keyword
{
    // As for required: names that have been judged need no second look.
    private volatile PropertyNames? _good;

    public override IEnumerable<SchemaEdge> Edges => [new(node, InPlace: false)];

    public override bool Check(JsonValue instance, ref Run run, int marks)
    {
        var members = (JsonObject)instance;
        if (ReferenceEquals(_good, members.Names))
            return true;
        for (var i = 0; i < members.Count; i++)
        {
            if (!node.CheckName(members.NameAt(i), ref run))
                return false;
        }

        _good = members.Names;
        return true;
    }

    public override void Explain(JsonValue instance, Explanation explanation)
    {
        var members = (JsonObject)instance;
        for (var i = 0; i < members.Count && !explanation.IsFull; i++)
        {
            var name = new JsonString(members.NameAt(i));
            if (node.Check(name, ref explanation.Run, Run.NoMarks))
                continue;
            explanation.Instance.Push(name.Value);
            explanation.Add("propertyNames", $"has a name that is not allowed: {Reason(name, explanation)}");
            explanation.Instance.Pop();
        }
    }

    private string Reason(JsonString name, Explanation outer)
    {
        // Of the name itself, so at the root of a value of its own.
        var inner = new Explanation([]);
        inner.Run.StepsLeft = Math.Max(0, outer.Run.StepsLeft);
        node.Explain(name, inner);
        inner.Run.Dispose();
        return inner.Errors is [var first, ..] ? first.Message.Replace("The document", "the name", StringComparison.Ordinal) : "it does not match.";
    }
}
